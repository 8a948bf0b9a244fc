import { AppError } from '../core/errors.ts';
import { createAudioClock } from '../transport/audio-clock.ts';
import { createWebRtcTransports } from '../transport/webrtc.ts';
import { BROWSER_OFFER } from './browser-offer.ts';
import { mutated, seededRandom } from './mutations.ts';

// A process of its own that has so many wrong offers answered by the real library: `offer-fuzzer.ts COUNT SEED`.

/** What became of the offers. */
export interface FuzzOutcome {
  answered: number;
  /** Refused before the library saw them, and by it. */
  refused: number;
  refusedByLibrary: number;
  /** Neither answered nor refused as `offer-invalid`. */
  wrong: string[];
  /** Of all transports and clocks when it was over. */
  errors: string[];
}

const [count = 0, seed = 0] = process.argv.slice(2).map(Number);
const random = seededRandom(seed);
const outcome: FuzzOutcome = { answered: 0, refused: 0, refusedByLibrary: 0, wrong: [], errors: [] };
const onError = (error: unknown) => outcome.errors.push(String(error));
const create = createWebRtcTransports({ clock: createAudioClock(onError), onError });

const tryOne = async (number: number) => {
  const transport = create({ iceServers: [] });
  try {
    await transport.answer(mutated(BROWSER_OFFER, random));
    outcome.answered++;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'offer-invalid') outcome.wrong.push(`${number}: ${error}`);
    else if (error.cause === undefined) outcome.refused++;
    else outcome.refusedByLibrary++;
  }
  await transport.close();
};

for (let number = 0; number < count; number += 4) {
  await Promise.all(Array.from({ length: Math.min(4, count - number) }, (_, n) => tryOne(number + n)));
  // What was received last, should it be the last thing this process does.
  if (number % 1_000 === 0) process.send?.({ done: number });
}
process.send?.({ outcome }, undefined, undefined, () => process.exit(0));
