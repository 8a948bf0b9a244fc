import { type FaceRenderer, i420Bytes, type PictureSettings, type Pose, REST } from '@visavis/face';
import type { FollowedSpeech } from '../core/calls/speech-follower.ts';
import type { CreateLivingFace } from '../face/live/face-parts.ts';

// A face for tests, drawn for real: a bright disc with a dark mouth, as high as the sound at that moment is loud. Its asset is the text
// "disc"; "disc throws-on-speech" and "disc hangs-on-speech" do what they say.

const BACKGROUND = 40;
const SKIN = 200;
const MOUTH = 20;
/** Of the width: how far the mouth opens at most. */
const MOUTH_HEIGHT = 0.2;
const RATE = 24_000;

/** The height of the mouth in a picture of the disc, from 0 (closed) to 1. */
export function mouthOpening(picture: { width: number; height: number; data: ArrayLike<number> }): number {
  const { width, height, data } = picture;
  let dark = 0;
  // Down the middle, below the disc's centre.
  for (let y = Math.round(height * 0.5); y < height * 0.8; y++) {
    if ((data[y * width + (width >> 1)] ?? 255) < (SKIN + MOUTH) / 2) dark += 1;
  }
  return dark / (MOUTH_HEIGHT * height);
}

function discRenderer({ width, height }: PictureSettings): FaceRenderer {
  return {
    width,
    height,
    render({ open }: Readonly<Pose>, frame) {
      frame.fill(128, width * height, i420Bytes(width, height));
      const radius = 0.4 * Math.min(width, height);
      const mouth = 0.5 * MOUTH_HEIGHT * height * Math.min(1, Math.max(0, open));
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const dx = x - width / 2;
          const dy = y - height / 2;
          const inDisc = dx * dx + dy * dy < radius * radius;
          const inMouth = Math.abs(dx) < radius * 0.4 && Math.abs(dy - height * 0.15) < mouth;
          frame[y * width + x] = inMouth ? MOUTH : inDisc ? SKIN : BACKGROUND;
        }
      }
    },
  };
}

export const createLivingFace: CreateLivingFace = (asset, { picture }) => {
  const kind = new TextDecoder().decode(asset);
  if (!kind.startsWith('disc')) throw new Error('This is no disc');
  const renderer = discRenderer(picture);
  const said = new Map<string, FollowedSpeech[]>();

  const loudness = (utterance: string, ms: number) => {
    const piece = said
      .get(utterance)
      ?.find(({ positionMs, samples }) => ms >= positionMs && ms < positionMs + (samples.length / RATE) * 1_000);
    if (!piece) return 0;
    const from = Math.round(((ms - piece.positionMs) / 1_000) * RATE);
    const window = piece.samples.subarray(from, from + RATE / 50);
    let sum = 0;
    for (const sample of window) sum += sample * sample;
    return Math.sqrt(sum / Math.max(1, window.length)) / 8_000;
  };

  return {
    hear(news) {
      if (news.type === 'speech') said.set(news.piece.utterance, [...(said.get(news.piece.utterance) ?? []), news.piece]);
      else if (news.type !== 'ended') said.delete(news.utterance);
    },
    draw({ speech }, frame) {
      if (speech && kind.includes('throws-on-speech')) throw new Error('The disc was told to throw');
      while (speech && kind.includes('hangs-on-speech'));
      renderer.render({ ...REST, open: speech ? loudness(speech.utterance, speech.ms) : 0 }, frame);
    },
  };
};
