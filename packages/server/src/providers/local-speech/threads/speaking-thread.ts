import { loadFlite, openFliteVoice } from '../engines/flite.ts';
import { type KokoroModel, loadKokoro, loadKokoroVoice } from '../engines/kokoro.ts';
import { loadPiperVoice } from '../engines/piper.ts';
import type { VoiceEngine } from '../engines/voice-engine.ts';
import type { VoiceSpec } from '../process-messages.ts';
import type { Pronouncer } from '../pronunciation/english-pronouncer.ts';
import { loadPronouncer } from '../pronunciation/load-pronouncer.ts';
import { createResampler, type Resample } from '../speaking/resampler.ts';
import { OUTPUT_RATE, type SpokenClause, speakClause } from '../speaking/speak-clause.ts';
import { answerTasks } from './answer-tasks.ts';
import { createOnce } from './once.ts';

/** One clause to be said. */
export interface SpeakingTask {
  voice: VoiceSpec;
  text: string;
  /** As in `en-US`: how numbers and the like are read. */
  language: string;
  speed: number;
  gain: number;
}

const flites = createOnce<WebAssembly.Module>();
const kokoros = createOnce<KokoroModel>();
const pronouncers = createOnce<Pronouncer>();
const resamplers = createOnce<Resample>();
const voices = createOnce<VoiceEngine>();

answerTasks<SpeakingTask, SpokenClause>(
  async ({ voice: spec, text, ...options }) => {
    const voice = await voices.get(JSON.stringify(spec), () => openVoice(spec));
    const resample = await resamplers.get(`${voice.sampleRate}`, () => createResampler(voice.sampleRate, OUTPUT_RATE));
    return speakClause(voice, text, { ...options, resample });
  },
  ({ samples }) => [samples.buffer as ArrayBuffer],
);

async function openVoice(spec: VoiceSpec): Promise<VoiceEngine> {
  if (spec.engine === 'flite') return openFliteVoice(await flites.get('', loadFlite), spec.voice);
  const { pronunciation: how, modelPath } = spec;
  const pronouncer = await pronouncers.get(JSON.stringify(how), () => loadPronouncer(how));
  if (spec.engine === 'piper') return loadPiperVoice(modelPath, pronouncer);
  const model = await kokoros.get(modelPath, () => loadKokoro(modelPath));
  return loadKokoroVoice(model, spec.stylePath, pronouncer);
}
