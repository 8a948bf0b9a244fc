import { chooseVoice } from '../choose-voice.ts';
import type { Recognition } from '../engines/recogniser.ts';
import { loadVoiceActivityModel, type VoiceActivityModel, type VoiceActivityStream } from '../engines/voice-activity.ts';
import type { InstalledSpeech, InstalledVoice, RecogniserSpec, VoiceSpec } from '../process-messages.ts';
import type { SpokenClause } from '../speaking/speak-clause.ts';
import { URGENCY } from '../speaking/speech-flow.ts';
import type { ListeningTask } from '../threads/listening-thread.ts';
import type { SpeakingTask } from '../threads/speaking-thread.ts';
import { createThreadPool, type ThreadPool } from '../threads/thread-pool.ts';
import { NoSpeechModelError } from './stream-socket.ts';

/**
 * How urgent recognising is: the end of what somebody says now is waited for by a person, what it may be so far less so, and a
 * recording takes what time is left.
 */
const URGENCY_OF = { final: 0, partial: 1, recorded: 2 };
const WARM_UP_TEXT = 'Hello, good morning.';

export interface SpeechEngines {
  /**
   * Takes new models into use; what was opened before goes on. What cannot be loaded is left out, so that a broken model silences nobody
   * else. Resolves with what is in use now.
   */
  install(speech: InstalledSpeech): Promise<{ speech: InstalledSpeech; problems: string[] }>;
  /** @throws NoSpeechModelError */
  openEars(options: { language: string | undefined; live: boolean; signal: AbortSignal }): Promise<{
    voiceActivity: VoiceActivityStream;
    louderVoiceActivity: VoiceActivityStream;
    /** Whether to give results while somebody speaks: where somebody does, and the model is quick enough. */
    partials: boolean;
    recognise(samples: Float32Array, urgent: boolean): Promise<Recognition>;
  }>;
  /** The voice asked for, or the one that stands in for it. */
  openVoice(
    id: string | undefined,
    options: { speed: number; signal: AbortSignal },
  ): {
    id: string;
    language: string;
    speak(text: string, urgency: number): Promise<SpokenClause>;
  };
  close(): Promise<void>;
}

export interface SpeechEnginesOptions {
  listeningThreads: number;
  speakingThreads: number;
  /** Utterances or clauses that may wait for a thread, of each kind. */
  mostWaiting: number;
}

/** The models in threads; detecting speech (0.2 ms for 32 ms of audio) happens on the calling one. */
export function createSpeechEngines(options: SpeechEnginesOptions): SpeechEngines {
  const { mostWaiting } = options;
  const listeningPool = (): ThreadPool<ListeningTask, Recognition> =>
    createThreadPool({
      entry: new URL('../threads/listening-thread.ts', import.meta.url),
      threads: options.listeningThreads,
      mostWaiting,
    });
  const speakingPool = (): ThreadPool<SpeakingTask, SpokenClause> =>
    createThreadPool({
      entry: new URL('../threads/speaking-thread.ts', import.meta.url),
      threads: options.speakingThreads,
      mostWaiting,
    });
  // Models that take seconds for a clause have threads of their own, so that nobody waits for another's choice. Threads start when needed.
  const listening = { quick: listeningPool(), slow: listeningPool() };
  const speaking = { quick: speakingPool(), slow: speakingPool() };
  const listenerFor = ({ engine }: RecogniserSpec) => (engine === 'whisper' ? listening.slow : listening.quick);
  const speakerFor = ({ engine }: VoiceSpec) => (engine === 'kokoro' ? speaking.slow : speaking.quick);
  /** Ids of the voices that were opened before: their models are loaded. */
  const opened = new Set<string>();
  const ending = new AbortController();
  let installed: InstalledSpeech = { voices: [] };
  let voiceActivity: VoiceActivityModel | undefined;

  /** Has every thread load what everybody needs, before anybody waits for it. */
  const inEveryThread = (threads: number, load: () => Promise<unknown>) => Promise.all(Array.from({ length: threads }, load));
  const warmUp = { urgency: URGENCY_OF.partial, signal: ending.signal };

  async function loadEars(ears: InstalledSpeech['ears']): Promise<InstalledSpeech['ears']> {
    const [recogniser] = ears?.recognisers ?? [];
    if (!ears || !recogniser) return undefined;
    voiceActivity ??= await loadVoiceActivityModel(ears.voiceActivityPath);
    const task = { recogniser: recogniser.spec, samples: new Float32Array(16_000), language: undefined };
    await inEveryThread(options.listeningThreads, () => listenerFor(recogniser.spec).run(task, warmUp));
    return ears;
  }

  async function loadVoice({ spec, language, gain }: InstalledVoice): Promise<void> {
    const task = { voice: spec, language, gain, text: WARM_UP_TEXT, speed: 1 };
    await inEveryThread(options.speakingThreads, () => speakerFor(spec).run(task, warmUp));
  }

  return {
    async install(speech) {
      const problems: string[] = [];
      const note = (what: string | undefined, error: unknown) =>
        void problems.push(`${what} cannot be loaded: ${error instanceof Error ? error.message : error}`);
      const loadingEars = loadEars(speech.ears).catch((error: unknown) => {
        note(speech.ears?.recognisers[0]?.model, error);
        return installed.ears;
      });
      let voices = speech.voices;
      for (let [first] = voices; first; [first] = voices) {
        try {
          await loadVoice(first);
          break;
        } catch (error) {
          note(first.id, error);
          voices = voices.slice(1);
        }
      }
      const ears = await loadingEars;
      installed = { voices, ...(ears && { ears }) };
      return { speech: installed, problems };
    },
    async openEars({ language, live, signal }) {
      const recognisers = installed.ears?.recognisers ?? [];
      const wanted = language?.split('-')[0];
      const recogniser = recognisers.find((each) => wanted === undefined || each.languages.includes(wanted));
      if (!recogniser || !voiceActivity) throw new NoSpeechModelError(wanted);
      return {
        partials: live && recogniser.partials,
        voiceActivity: voiceActivity.openStream(),
        louderVoiceActivity: voiceActivity.openStream(),
        recognise: (samples, urgent) =>
          listenerFor(recogniser.spec).run(
            { recogniser: recogniser.spec, samples, language: wanted },
            { urgency: live ? URGENCY_OF[urgent ? 'final' : 'partial'] : URGENCY_OF.recorded, signal },
          ),
      };
    },
    openVoice(wanted, { speed, signal }) {
      const { id, spec, language, gain } = chooseVoice(installed.voices, wanted);
      const speak = (text: string, urgency: number) =>
        speakerFor(spec).run({ voice: spec, language, gain, text, speed }, { urgency, signal });
      // Loads its model while the text is still on its way.
      if (!opened.has(id))
        speak('', URGENCY.first)
          .then(() => opened.add(id))
          .catch(() => undefined);
      return { id, language, speak };
    },
    async close() {
      ending.abort(new Error('The speech engines were closed'));
      await Promise.all([listening.quick, listening.slow, speaking.quick, speaking.slow].map((pool) => pool.close()));
      await voiceActivity?.close();
    },
  };
}
