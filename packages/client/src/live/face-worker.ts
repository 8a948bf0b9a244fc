import { createFaceRenderer, createLivingPicture, createReceivedMouths, i420Bytes, readAsset } from '@visavis/face/rendering';
import type { FromFaceWorker, ToFaceWorker } from './face-messages.ts';

// Draws a face in a thread of its own, with the very code that draws it on a server. Its owner ends the thread.

/** What is used of a worker's global scope: its own types cannot be loaded beside those of a page. */
const scope = globalThis as unknown as {
  postMessage(message: FromFaceWorker, transfer?: ArrayBuffer[]): void;
  onmessage: ((event: MessageEvent<ToFaceWorker>) => void) | null;
};

const mouths = createReceivedMouths();
let living: ReturnType<typeof createLivingPicture> | undefined;
let bytes = 0;

function open({ asset, picture, seed }: Extract<ToFaceWorker, { type: 'open' }>): void {
  const renderer = createFaceRenderer(readAsset(new Uint8Array(asset)), picture);
  living = createLivingPicture({ renderer, seed, mouth: mouths });
  bytes = i420Bytes(picture.width, picture.height);
}

scope.onmessage = ({ data: message }) => {
  try {
    if (message.type === 'open') open(message);
    else if (message.type === 'mouth') mouths.take(message.piece);
    else if (message.type === 'interrupt') living?.interrupt();
    else if (living) {
      const frame = message.frame?.byteLength === bytes ? message.frame : new ArrayBuffer(bytes);
      living.draw(message.moment, new Uint8Array(frame));
      scope.postMessage({ type: 'drawn', frame }, [frame]);
    }
  } catch (error) {
    scope.postMessage({ type: 'failed', problem: String(error) });
  }
};
