import { CAST, characterAsset, createFaceRenderer, createLivingPicture, i420Bytes, readAsset, writeAsset } from '@visavis/face';
import type { CreateLivingFace } from './face-parts.ts';
import { createSpokenTrack } from './spoken-track.ts';

const RATE = 24_000;

/** A face of an asset, moved by what it says and does. */
export const createLivingFace: CreateLivingFace = (bytes, { picture, seed }) => {
  const mouth = createSpokenTrack();
  const living = createLivingPicture({ renderer: createFaceRenderer(readAsset(bytes), picture), seed, mouth });
  return {
    hear(news) {
      if (news.type === 'cut') living.interrupt();
      mouth.hear(news);
    },
    draw: living.draw,
  };
};

/** Pictures until a renderer is compiled: the first ones take four times as long. */
const WARM_UP_PICTURES = 40;

/** Draws a face that nobody sees, so that the first one that is seen is drawn fast. */
export function warmUp(): void {
  const [drawing] = CAST;
  if (drawing === undefined) return;
  const side = 512;
  const picture = { width: side, height: side, background: { type: 'own' as const } };
  const face = createLivingFace(writeAsset(characterAsset(drawing)), { picture, seed: 1 });
  const frame = new Uint8Array(i420Bytes(side, side));
  face.hear({ type: 'speech', piece: { utterance: '', positionMs: 0, samples: new Int16Array(2 * RATE).fill(500), words: [] } });
  for (let n = 0; n < WARM_UP_PICTURES; n++) {
    face.draw({ atMs: n * 40, speech: { utterance: '', ms: n * 40 }, state: 'speaking' }, frame);
  }
}
