import type { Moment } from '@visavis/face/rendering';
import { createBrowserFace } from './browser-face.ts';
import type { SoundsMouth } from './mouth-worker.ts';

/** The rate of the sound that a mouth is made from (`mouth-worker.ts`). */
const SOUND_RATE_HZ = 24_000;
/** From picture to picture, in ms; a screen shows its pictures a little off the time that was wished for. */
const PICTURE_MS = 40;
const SLACK_MS = 4;
/** After the last sound the mouth closes, in ms. */
const CLOSING_MS = 300;

/** A face on a canvas that says sounds which the page has, its lips moving with them. */
export interface SpeakingFace {
  /** Plays a sound of speech (WAV, or what else the browser can decode). Resolves when it was heard, or `signal` has stopped it. */
  say(sound: Blob, options: { signal: AbortSignal; onHeard?: () => void }): Promise<void>;
  /** Ends its thread; the canvas keeps the last picture. */
  close(): void;
}

/**
 * Draws the face of an avatar (`face_url`) in this browser, by the code that draws it on the server. Its first picture is there when this
 * resolves.
 * @param pixels width and height of the picture
 * @throws Error where the face cannot be fetched or drawn, and the reason of `signal`
 */
export async function openSpeakingFace(options: {
  canvas: HTMLCanvasElement;
  faceUrl: string;
  pixels?: number;
  signal: AbortSignal;
}): Promise<SpeakingFace> {
  const { canvas, faceUrl, pixels = 512, signal } = options;
  const response = await fetch(faceUrl, { signal });
  if (!response.ok) throw new Error(`The face was answered with ${response.status}`);
  const asset = await response.arrayBuffer();
  signal.throwIfAborted();

  let fail: (problem: Error) => void = () => {};
  let shown = () => {};
  const first = new Promise<void>((resolve, reject) => {
    shown = resolve;
    fail = reject;
  });
  const face = createBrowserFace(canvas, asset, {
    picture: { width: pixels, height: pixels, background: { type: 'own' } },
    seed: 1,
    onDrawn: () => shown(),
    onProblem: (problem) => fail(new Error(problem)),
  });
  if (!face) throw new Error('This browser cannot draw faces: it has no WebGL 2');

  /** What is heard now, and where it is. */
  let playing: { utterance: string; audio: HTMLAudioElement } | undefined;
  let said = 0;
  let drawnAt = 0;
  let drawing = 0;
  const frame = (now: number) => {
    drawing = requestAnimationFrame(frame);
    if (now < drawnAt + PICTURE_MS - SLACK_MS) return;
    const { latencyMs } = face;
    const speech: Moment['speech'] = playing && {
      utterance: playing.utterance,
      ms: playing.audio.currentTime * 1_000 + latencyMs,
    };
    if (face.draw({ atMs: now + latencyMs, speech, state: playing ? 'speaking' : 'idle' })) drawnAt = now;
  };
  drawing = requestAnimationFrame(frame);
  const close = () => {
    cancelAnimationFrame(drawing);
    face.dispose();
  };
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    await Promise.race([first, stopped]);
  } catch (error) {
    close();
    throw error;
  }

  return {
    async say(sound, { signal, onHeard }) {
      const mouth = await mouthOf(await samplesOf(sound), signal);
      if (signal.aborted) return;
      const utterance = String(++said);
      face.mouth({ utterance, fromMs: 0, ...mouth });
      const address = URL.createObjectURL(sound);
      const audio = new Audio(address);
      try {
        await played(audio, signal, () => {
          playing = { utterance, audio };
          onHeard?.();
        });
      } finally {
        playing = undefined;
        face.interrupt();
        audio.removeAttribute('src');
        URL.revokeObjectURL(address);
      }
      await new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
    },
    close,
  };
}

async function samplesOf(sound: Blob): Promise<Int16Array> {
  const context = new OfflineAudioContext(1, 1, SOUND_RATE_HZ);
  const decoded = (await context.decodeAudioData(await sound.arrayBuffer())).getChannelData(0);
  return Int16Array.from(decoded, (sample) => Math.max(-1, Math.min(1, sample)) * 32_767);
}

/** How the mouth moves for a sound; the thread that finds it out ends with it. */
async function mouthOf(samples: Int16Array, signal: AbortSignal): Promise<SoundsMouth> {
  // In these words, bundlers find what the thread runs, and make a file of its own of it.
  const worker = new Worker(new URL('./mouth-worker.js', import.meta.url), { type: 'module', name: 'mouth' });
  try {
    return await new Promise<SoundsMouth>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<SoundsMouth>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message || 'What moves the mouth cannot be loaded'));
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.postMessage(samples, [samples.buffer]);
    });
  } finally {
    worker.terminate();
  }
}

function played(audio: HTMLAudioElement, signal: AbortSignal, onHeard: () => void): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const stop = () => audio.pause();
    signal.addEventListener('abort', stop, { once: true });
    audio.addEventListener('playing', onHeard, { once: true });
    for (const end of ['ended', 'pause']) audio.addEventListener(end, () => resolve(), { once: true });
    audio.addEventListener('error', () => reject(new Error(audio.error?.message || 'The sound cannot be played')), {
      once: true,
    });
    audio.play().catch((error: unknown) => (signal.aborted ? resolve() : reject(error)));
  });
}
