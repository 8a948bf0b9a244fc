import type { Caller } from '../harness/caller.ts';
import { call } from '../harness/caller.ts';
import { percentile, round } from '../harness/machine.ts';
import type { Product } from '../harness/product.ts';

const CALLS = 15;

/** From the POST of the offer to the first picture that a client's decoder gives; each call in a session of its own. */
export async function measureFirstPictures(product: Product, agentId: number): Promise<object> {
  const waits: number[] = [];
  for (let n = 0; n < CALLS; n++) {
    const caller = await call(product, agentId, { video: true });
    const at = await firstPictureOf(caller);
    waits.push(at - caller.connectedFrom);
    await caller.hangUp();
  }
  return {
    first_frame_ms_p50: round(percentile(waits, 0.5), 0),
    first_frame_ms_p95: round(percentile(waits, 0.95), 0),
    // Nothing was warm yet: not even the thread that draws.
    first_frame_ms_first: round(waits[0] ?? Number.NaN, 0),
    first_frame_n: CALLS,
  };
}

function firstPictureOf({ peer }: Caller): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('No picture came within 10 s')), 10_000);
    peer.onSeen(({ at }) => {
      clearTimeout(timer);
      resolve(at);
    });
  });
}
