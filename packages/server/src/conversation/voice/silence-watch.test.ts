import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSilenceWatch } from './silence-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(nudgeAfterMs: number | null, endAfterSilenceMs: number | null) {
  const calls: string[] = [];
  const silence = createSilenceWatch(
    { nudgeAfterMs, endAfterSilenceMs },
    { onNudge: () => calls.push('nudge'), onEnd: () => calls.push('end') },
  );
  silence.hold(false);
  return { silence, calls };
}

describe('silence', () => {
  it('is broken once by a question, and then ends', () => {
    const { calls } = watch(20_000, 60_000);
    vi.advanceTimersByTime(19_999);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(['nudge']);
    vi.advanceTimersByTime(39_999);
    expect(calls).toEqual(['nudge']);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(['nudge', 'end']);
  });

  it('begins anew with everything that is said, and its question too', () => {
    const { silence, calls } = watch(20_000, 60_000);
    vi.advanceTimersByTime(30_000);
    silence.activity();
    vi.advanceTimersByTime(19_999);
    expect(calls).toEqual(['nudge']);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(['nudge', 'nudge']);
  });

  it('is not ended by what is said in it, but waits for it', () => {
    const { silence, calls } = watch(20_000, 25_000);
    vi.advanceTimersByTime(20_000);
    silence.hold(true);
    vi.advanceTimersByTime(10_000);
    expect(calls).toEqual(['nudge']);
    silence.hold(false);
    vi.advanceTimersByTime(0);
    expect(calls).toEqual(['nudge', 'end']);
  });

  it('is never broken or ended where nobody asks for it, nor after the stop', () => {
    const never = watch(null, null);
    vi.advanceTimersByTime(10_000_000);
    expect(never.calls).toEqual([]);
    const stopped = watch(1, 2);
    stopped.silence.stop();
    stopped.silence.activity();
    vi.advanceTimersByTime(10);
    expect(stopped.calls).toEqual([]);
  });
});
