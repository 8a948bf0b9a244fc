import { createMouthTrack, encodeMouth, MOUTH_FRAME_MS } from '@visavis/face/mouth';

// Finds out how a mouth moves for a sound, in a thread of its own. Its owner ends the thread.

/** Frames as of `encodeMouth`, and how loud the voice is at each of them: 255 is 1. */
export interface SoundsMouth {
  frames: Uint8Array;
  energy: Uint8Array;
}

const SOUND_RATE_HZ = 24_000;

/** What is used of a worker's global scope: its own types cannot be loaded beside those of a page. */
const scope = globalThis as unknown as {
  postMessage(message: SoundsMouth): void;
  onmessage: ((event: MessageEvent<Int16Array>) => void) | null;
};

scope.onmessage = ({ data: samples }) => {
  const track = createMouthTrack();
  track.speech('sound', samples);
  track.end('sound');
  const times = Array.from(
    { length: Math.ceil((samples.length * 1_000) / SOUND_RATE_HZ / MOUTH_FRAME_MS) },
    (_, frame) => frame * MOUTH_FRAME_MS,
  );
  const shapes = [];
  const energy = new Uint8Array(times.length);
  // In order of time: the track forgets what lies behind.
  for (const [frame, ms] of times.entries()) {
    shapes.push(track.at('sound', ms));
    energy[frame] = Math.round(track.energy('sound', ms) * 255);
  }
  scope.postMessage({ frames: encodeMouth(shapes), energy });
};
