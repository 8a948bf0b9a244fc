import { describe, expect, it } from 'vitest';
import { createSpeechDetector } from './speech-detector.ts';

/** What changed at which window. */
function run(probabilities: readonly number[]): Array<[window: number, change: 'start' | 'end']> {
  const detector = createSpeechDetector();
  return probabilities.flatMap((probability, window) => {
    const change = detector.next(probability);
    return change ? [[window, change] as [number, 'start' | 'end']] : [];
  });
}
const windows = (count: number, probability: number): number[] => Array(count).fill(probability);

describe('the speech detector', () => {
  it('begins after 96 ms of speech and ends after 416 ms of pause', () => {
    expect(run([...windows(5, 0), ...windows(20, 0.9), ...windows(13, 0)])).toEqual([
      [7, 'start'],
      [37, 'end'],
    ]);
  });

  it('takes a burst of two windows for a click, however often it comes again', () => {
    const click = [...windows(2, 0.99), ...windows(2, 0)];
    expect(run(Array.from({ length: 50 }, () => click).flat())).toEqual([]);
  });

  it('goes on through pauses of up to 12 windows', () => {
    const speech = [...windows(5, 0.9), ...windows(12, 0.1)];
    expect(run([...speech, ...speech, ...speech])).toEqual([[2, 'start']]);
  });

  it('keeps to speech at probabilities that would not have begun it', () => {
    expect(run([...windows(3, 0.9), ...windows(100, 0.36)])).toEqual([[2, 'start']]);
    expect(run(windows(100, 0.49))).toEqual([]);
  });

  it('says how long it has been quiet, and begins anew after a reset', () => {
    const detector = createSpeechDetector();
    for (const probability of [...windows(3, 0.9), 0.1, 0.1]) detector.next(probability);
    expect([detector.speaking(), detector.quietWindows()]).toEqual([true, 2]);
    detector.reset();
    expect([detector.speaking(), detector.quietWindows()]).toEqual([false, 0]);
    expect([detector.next(0.9), detector.next(0.9), detector.next(0.9)]).toEqual([undefined, undefined, 'start']);
  });
});
