import { fork } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { FuzzOutcome } from '../testing/offer-fuzzer.ts';

/** `VISAVIS_FUZZ=10000` for the whole of it: about two minutes. */
const COUNT = Number(process.env.VISAVIS_FUZZ ?? 600);
const SEED = Number(process.env.VISAVIS_FUZZ_SEED ?? 1);

describe(`${COUNT} offers with something wrong in them`, () => {
  it('are answered or refused, and never end the process', { timeout: 60_000 + COUNT * 60 }, async () => {
    const child = fork(new URL('../testing/offer-fuzzer.ts', import.meta.url), [String(COUNT), String(SEED)], {
      execArgv: ['--import', 'tsx', '--conditions=source'],
    });
    let outcome: FuzzOutcome | undefined;
    child.on('message', (message: { outcome?: FuzzOutcome }) => {
      outcome ??= message.outcome;
    });
    const ended = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    expect(ended).toBe(0);
    expect(outcome).toMatchObject({ wrong: [], errors: [] });
    const { answered = 0, refused = 0, refusedByLibrary = 0 } = outcome ?? {};
    expect(answered + refused + refusedByLibrary).toBe(COUNT);
    // Mutations that nothing survives, or that nothing notices, would try nothing.
    expect(answered).toBeGreaterThan(COUNT / 20);
    expect(refused).toBeGreaterThan(COUNT / 20);
    if (COUNT > 600) console.log(outcome);
  });
});
