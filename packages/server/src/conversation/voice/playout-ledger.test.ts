import { describe, expect, it } from 'vitest';
import { countHeardWords, EMPTY_LEDGER, goOn, handOver, heardMs, hush, played } from './playout-ledger.ts';

const words = ['one', 'two', 'three'].map((text, at) => ({ text, startMs: at * 100, endMs: at * 100 + 100 }));

describe('what was heard', () => {
  it('is what was handed over, but for what is on its way', () => {
    const ledger = handOver(handOver(EMPTY_LEDGER, 500, 900), 500, 1_000);
    expect(heardMs(ledger, 1_000, 80)).toBe(920);
    expect(heardMs(ledger, 1_050, 80)).toBe(970);
    expect(heardMs(ledger, 5_000, 80)).toBe(1_000);
    expect(heardMs(handOver(EMPTY_LEDGER, 20, 0), 0, 80)).toBe(0);
  });

  it('goes by the delay that the client’s reports show', () => {
    const ledger = played(handOver(EMPTY_LEDGER, 1_000, 1_000), 800, 1_000);
    expect(heardMs(ledger, 1_000, 60)).toBe(800);
    expect(heardMs(handOver(ledger, 100, 1_100), 1_100, 60)).toBe(900);
  });

  it('is at least what the client reported, and never more than was handed over', () => {
    const ledger = played(handOver(EMPTY_LEDGER, 1_000, 1_000), 990, 5_000);
    expect(heardMs(ledger, 1_000, 300)).toBe(990);
    expect(heardMs(played(ledger, 99_999, 5_000), 5_000, 0)).toBe(1_000);
    expect(played(ledger, 100, 6_000)).toBe(ledger);
  });

  it('is what had come out when the client was told to be silent, and what it says of that', () => {
    const ledger = hush(handOver(EMPTY_LEDGER, 1_000, 1_000), 1_010);
    expect(heardMs(ledger, 5_000, 80)).toBe(930);
    expect(heardMs(played(ledger, 905, 1_030), 5_000, 80)).toBe(905);
    // An older report that was on its way, and then the one that counts.
    expect(heardMs(played(played(ledger, 700, 1_020), 905, 1_030), 5_000, 80)).toBe(905);
    const again = goOn(ledger, 930);
    expect(again.handedMs).toBe(930);
    expect(heardMs(handOver(again, 20, 2_000), 3_000, 80)).toBe(950);
  });

  it('counts a word when half of it was', () => {
    expect([0, 49, 50, 149, 150, 1_000].map((ms) => countHeardWords(words, ms))).toEqual([0, 0, 1, 1, 2, 3]);
  });
});
