import { availableParallelism } from 'node:os';
import { listenOnLoopback } from '../engine-process/loopback.ts';
import { runEngine } from '../engine-process/run-engine.ts';
import { type FromSpeechProcess, ToSpeechProcess } from './process-messages.ts';
import { createSpeechEngines } from './server/speech-engines.ts';
import { createSpeechServer } from './server/speech-server.ts';

// The entry of the process that hears and speaks. It serves `/listen` and `/speak` on loopback until its parent goes away or asks it to stop.

/** Somebody is waiting at the other end of a live conversation; the language model (5) stands further back. */
const NICENESS = 0;
/** A thread of each kind for every two cores keeps the machine's other half for the rest. */
const threads = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));
/** A thread keeps up with about eight people talking at once (`docs/models.md`). */
const STREAMS_PER_THREAD = 16;
const MOST_WAITING_PER_THREAD = 16;

const engines = createSpeechEngines({
  listeningThreads: threads,
  speakingThreads: threads,
  mostWaiting: threads * MOST_WAITING_PER_THREAD,
});

const engine = runEngine(NICENESS, async (raw) => {
  const message = ToSpeechProcess.parse(raw);
  if (message.type === 'start') {
    const server = createSpeechServer({ engines, apiKey: message.apiKey, mostStreams: threads * STREAMS_PER_THREAD });
    tell({ type: 'listening', port: await listenOnLoopback(server, message.port) });
  } else {
    const { speech, problems } = await engines.install(message.speech);
    const problem = problems.length > 0 ? { problem: problems.join('; ') } : {};
    tell({ type: 'installed', version: message.version, speech, ...problem });
  }
});

const tell = (message: FromSpeechProcess) => engine.tell(message);
