import type { MouthModel } from './audio-mouth.ts';
import { unpackNetwork } from './network.ts';
import { OFFSETS, WEIGHTS } from './own-voices-weights.ts';

let unpacked: MouthModel | undefined;

/** The model that learned from our own voices, see `docs/face.md`; unpacked once. */
export function ownVoicesModel(): MouthModel {
  unpacked ??= { layers: unpackNetwork(WEIGHTS), offsets: OFFSETS };
  return unpacked;
}
