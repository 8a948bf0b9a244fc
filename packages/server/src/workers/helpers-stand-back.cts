/**
 * Preloaded by a session worker (`--require`): the threads that help its main one stand back behind it, as it feeds the sound of all calls every
 * 20 ms. They are V8's (compiling, tidying memory) and libuv's, which look for the ends of turns; wherever the cores were busy, each of their
 * bursts made sound late (decisions/2026-11-28-helpers-stand-back.md). Linux only, where a thread has a priority of its own.
 */
const { access, readdirSync } = require('node:fs') as typeof import('node:fs');
const { setPriority } = require('node:os') as typeof import('node:os');

/** Before local language models (see `model-process.ts`): at 10, with two of them writing, answers came 95 ms later. */
const NICENESS = 4;
const THREADS = '/proc/self/task';

if (process.platform === 'linux') {
  try {
    // libuv's pool is started by its first use, within the call.
    access(THREADS, () => undefined);
    for (const thread of readdirSync(THREADS)) if (Number(thread) !== process.pid) setPriority(Number(thread), NICENESS);
  } catch {
    // Not allowed everywhere; they then compete as any other.
  }
}
