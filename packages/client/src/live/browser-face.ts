import type { Moment, PictureSettings } from '@visavis/face/rendering';
import type { FromFaceWorker, ToFaceWorker } from './face-messages.ts';
import { createI420Canvas } from './i420-canvas.ts';

/** A face that this browser draws. */
export interface BrowserFace {
  /** Shows the face as it is at a moment, as soon as that is drawn; false while another moment is being drawn: then nothing happens. */
  draw(moment: Moment): boolean;
  /** How long it takes from `draw` to the picture, in ms, as measured. */
  readonly latencyMs: number;
  /** How the mouth moves in a part of an utterance; see `ReceivedMouths`. */
  mouth(piece: { utterance: string; fromMs: number; frames: Uint8Array; energy: Uint8Array }): void;
  /** What it says was cut off. */
  interrupt(): void;
  /** Ends its thread; the canvas keeps the last picture. */
  dispose(): void;
}

/** As long as a picture takes before anything is measured, in ms, and how much the newest measurement counts. */
const USUAL_LATENCY_MS = 12;
const NEWEST_COUNTS = 0.1;

/** Loads what draws faces, so that less is to be waited for when the face is known. Whoever does not use it ends it. */
export function startFaceWorker(): Worker {
  // In these words, bundlers find what the thread runs, and make a file of its own of it.
  return new Worker(new URL('./face-worker.js', import.meta.url), { type: 'module', name: 'face' });
}

/**
 * Draws the face of an asset on a canvas: in a thread of its own, by the code that draws it on the server, so that it looks the same;
 * WebGL turns its pictures into colours. `worker`: of `startFaceWorker`, which is its own from now on. Undefined where the browser has no WebGL 2.
 */
export function createBrowserFace(
  canvas: HTMLCanvasElement,
  asset: ArrayBuffer,
  options: {
    picture: PictureSettings;
    seed: number;
    worker?: Worker | undefined;
    onDrawn?: () => void;
    onProblem: (problem: string) => void;
  },
): BrowserFace | undefined {
  const { picture, seed } = options;
  const screen = createI420Canvas(canvas, picture.width, picture.height);
  if (!screen) return undefined;
  const { worker = startFaceWorker() } = options;
  const tell = (message: ToFaceWorker, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer);
  let askedAt: number | undefined;
  let latencyMs = USUAL_LATENCY_MS;
  let spare: ArrayBuffer | undefined;
  let shown: ArrayBuffer | undefined;

  worker.onmessage = ({ data: message }: MessageEvent<FromFaceWorker>) => {
    if (message.type === 'failed') return options.onProblem(message.problem);
    screen.show(new Uint8Array(message.frame));
    // The shown one is kept for when the graphics context is lost; the one before is free.
    spare = shown;
    shown = message.frame;
    if (askedAt !== undefined) latencyMs += NEWEST_COUNTS * (performance.now() - askedAt - latencyMs);
    askedAt = undefined;
    options.onDrawn?.();
  };
  worker.onerror = ({ message }) => options.onProblem(message);
  tell({ type: 'open', asset, picture, seed }, [asset]);

  return {
    draw(moment) {
      if (askedAt !== undefined) return false;
      askedAt = performance.now();
      const frame = spare;
      spare = undefined;
      tell({ type: 'draw', moment, frame }, frame ? [frame] : []);
      return true;
    },
    get latencyMs() {
      return latencyMs;
    },
    mouth: (piece) => tell({ type: 'mouth', piece }),
    interrupt: () => tell({ type: 'interrupt' }),
    dispose() {
      worker.terminate();
      screen.dispose();
    },
  };
}
