import { loadMoonshine } from '../engines/moonshine.ts';
import type { Recogniser, Recognition } from '../engines/recogniser.ts';
import { loadWhisper } from '../engines/whisper.ts';
import type { RecogniserSpec } from '../process-messages.ts';
import { answerTasks } from './answer-tasks.ts';
import { createOnce } from './once.ts';

/** One utterance to be recognised. */
export interface ListeningTask {
  recogniser: RecogniserSpec;
  /** 16 kHz mono, -1..1. */
  samples: Float32Array;
  language: string | undefined;
}

const LOADERS: Record<RecogniserSpec['engine'], (folder: string) => Promise<Recogniser>> = {
  moonshine: loadMoonshine,
  whisper: loadWhisper,
};
const recognisers = createOnce<Recogniser>();

answerTasks<ListeningTask, Recognition>(async ({ recogniser: spec, samples, language }) => {
  const recogniser = await recognisers.get(`${spec.engine} ${spec.folder}`, () => LOADERS[spec.engine](spec.folder));
  return recogniser.recognise(samples, language === undefined ? {} : { language });
});
