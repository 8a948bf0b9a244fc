import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { SpeechService } from '../speech/speech.ts';
import { pcmBytes, wavHeader } from '../speech/wav.ts';
import { introductionOf } from './introduction.ts';
import type { Voice, VoiceCatalogue } from './voice.ts';

/** Where previews are served, relative to the server's public address. */
export const PREVIEW_PATH = '/voices/preview/';

/** A slug of the voice, and a hash of all that decides how its preview sounds: what a name stands for never changes. */
const NAME = /^[a-z0-9-]{1,60}-[0-9a-f]{16}\.wav$/;
/** To say one sentence takes seconds, even while the engine is warming up. In ms. */
const PATIENCE_MS = 60_000;

/** Keeps previews. */
export interface PreviewStore {
  /** Undefined where there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Durable when it resolves. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Every name there is. */
  list(): Promise<string[]>;
  remove(name: string): Promise<void>;
}

/** A catalogue whose voices can be heard. */
export interface AudibleVoices extends VoiceCatalogue {
  /** A preview (WAV) that the catalogue names, made at the first time; undefined where there is no such voice. */
  preview(name: string): Promise<Uint8Array | undefined>;
}

export interface PreviewDeps {
  speech: Pick<SpeechService, 'speak'>;
  store: PreviewStore;
  /** Names what speaks with a voice, with its version: another one makes the preview anew. */
  engineOf(voice: Voice): string;
}

/** Adds a preview to every voice that is available; it is made when somebody first listens to it. */
export function withPreviews(catalogue: VoiceCatalogue, { speech, store, engineOf }: PreviewDeps): AudibleVoices {
  const making = new Map<string, Promise<Uint8Array>>();
  const nameOf = (voice: Voice) => `${slugOf(voice)}-${hash(engineOf(voice), voice.id, introductionOf(voice))}.wav`;

  const make = async (voice: Voice, name: string): Promise<Uint8Array> => {
    // Somebody may have made it since this request looked.
    const kept = await store.read(name);
    if (kept) return kept;
    const wav = await introduce(speech, voice);
    await store.write(name, wav);
    // What it sounded like before is asked for by nobody any more.
    const current = new Set((await catalogue.list()).map(nameOf));
    for (const older of await store.list()) if (older !== name && !current.has(older)) await store.remove(older);
    return wav;
  };

  return {
    async list() {
      const voices = await catalogue.list();
      return voices.map((voice) => (voice.available ? { ...voice, previewUrl: PREVIEW_PATH + nameOf(voice) } : voice));
    },

    async preview(name) {
      if (!NAME.test(name)) return undefined;
      const kept = await store.read(name);
      if (kept) return kept;
      const voice = (await catalogue.list()).find((one) => one.available && nameOf(one) === name);
      if (!voice) return undefined;
      let made = making.get(name);
      if (!made) {
        made = make(voice, name).finally(() => making.delete(name));
        making.set(name, made);
      }
      return made;
    },
  };
}

async function introduce(speech: PreviewDeps['speech'], voice: Voice): Promise<Uint8Array> {
  const request = { text: introductionOf(voice), voice: voice.id, speed: 1 };
  const { sampleRate, voice: speaker, parts } = await speech.speak(request, AbortSignal.timeout(PATIENCE_MS));
  // Nobody else introduces them.
  if (speaker !== voice.id) throw new AppError('no-speech-model', `The voice ${voice.id} cannot speak now`);
  const pieces: Uint8Array[] = [];
  for await (const { samples } of parts) pieces.push(pcmBytes(samples));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return Buffer.concat([wavHeader(sampleRate, length), ...pieces]);
}

/** `local/clara` is `local-clara`; whatever a vendor's id holds, it names a file. */
function slugOf({ id }: Voice): string {
  return (
    id
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'voice'
  );
}

function hash(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
