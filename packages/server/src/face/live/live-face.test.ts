import { beforeEach, describe, expect, it } from 'vitest';
import type { SpeechPosition } from '../../core/calls/speech-follower.ts';
import { type FrameMemory, frameMemoryOf, OUTCOME } from './frame-memory.ts';
import { createLiveFace } from './live-face.ts';

const SIDE = 64;

/** A face whose thread draws at once, and what that was told of speech since it was opened last. */
function faceAt(position: () => SpeechPosition | undefined) {
  let frames: FrameMemory | undefined;
  const told: number[] = [];
  const face = createLiveFace({
    id: 1,
    spec: { assetFile: '', seed: 1, kilobitsPerSecond: 500, picture: { width: SIDE, height: SIDE, background: { type: 'own' } } },
    position,
    onQuality: () => undefined,
    post(message) {
      if (message.type === 'open') {
        told.length = 0;
        frames = frameMemoryOf(message.frames, message.picture.width, message.picture.height);
      }
      if (message.type === 'speech') told.push(message.piece.positionMs);
      if (message.type === 'draw') frames?.write({ number: message.number, outcome: OUTCOME.drawn, tookUs: 1 });
    },
    onClosed: () => undefined,
    onError: (error) => expect.fail(String(error)),
  });
  face.message({ type: 'opened', id: 1 });
  return { face, told };
}

it('shows a picture in every beat of a speech from its first one on, although it idled at half the rate', () => {
  // Wherever in its slower rhythm an idle face is when somebody speaks.
  for (const idleBeats of [10, 11]) {
    let position: SpeechPosition | undefined;
    const { face } = faceAt(() => position);
    const shown = (beats: number) => Array.from({ length: beats }, () => face.pictures.next()).filter(Boolean).length;
    shown(idleBeats);
    expect(shown(20)).toBe(10);
    face.follower.speech({ utterance: 'u1', positionMs: 0, samples: new Int16Array(24_000), words: [] });
    // So long sound is gathered before it is played.
    shown(4);
    position = { utterance: 'u1', ms: 0 };
    expect(shown(10)).toBe(10);
    face.close();
  }
});

describe('a face that talks for a quarter of an hour', () => {
  const PIECE_MS = 40;
  const AHEAD_MS = 2_000;
  const ALL = 900_000 / PIECE_MS;
  let position: SpeechPosition | undefined;
  let made = 0;

  /** Tells the next piece while nothing is being played, as between two frames, and plays one. */
  const talk = ({ face }: ReturnType<typeof faceAt>, pieces: number) => {
    for (const end = made + pieces; made < end; made++) {
      position = undefined;
      const samples = new Int16Array((24_000 * PIECE_MS) / 1_000);
      face.follower.speech({ utterance: 'u1', positionMs: made * PIECE_MS, samples, words: [] });
      if (made * PIECE_MS < AHEAD_MS) continue;
      position = { utterance: 'u1', ms: made * PIECE_MS - AHEAD_MS };
      face.pictures.next();
    }
  };
  /** Sound ahead of the playing, and a little before it. */
  const most = AHEAD_MS / PIECE_MS + 20;

  beforeEach(() => {
    made = 0;
  });

  it('keeps what is still to be heard, and tells a new renderer no more than that', () => {
    const world = faceAt(() => position);
    talk(world, ALL);
    world.face.reopen();
    expect(world.told.length).toBeGreaterThan(AHEAD_MS / PIECE_MS);
    expect(world.told.length).toBeLessThan(most);
    expect(world.told[0]).toBeGreaterThan((ALL - most) * PIECE_MS);
  });

  it('tells nothing to a renderer that draws nothing, and what is to be heard when it draws again', () => {
    const world = faceAt(() => position);
    talk(world, 1_000);
    world.face.limit('audio-only');
    const before = world.told.length;
    talk(world, ALL);
    expect(world.told.length).toBe(before);
    world.face.limit('small');
    expect(world.told.length).toBeGreaterThan(AHEAD_MS / PIECE_MS);
    expect(world.told.length).toBeLessThan(most);
  });
});
