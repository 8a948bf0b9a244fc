import { describe, expect, it } from 'vitest';
import { answeredAfterMs, stagesOf } from './timings.ts';

describe('the stages of a turn', () => {
  it('follow one another in the order in which they were reached, although the transcript may come before the end of the speech', () => {
    const stages = stagesOf({ speech_end: 250, transcript: 180, turn_end: 420, first_token: 700, total: 3_000 });
    expect(stages).toEqual([
      { stage: 'transcript', fromMs: 0, toMs: 180 },
      { stage: 'speech_end', fromMs: 180, toMs: 250 },
      { stage: 'turn_end', fromMs: 250, toMs: 420 },
      { stage: 'first_token', fromMs: 420, toMs: 700 },
    ]);
  });

  it('are none where nothing was timed', () => {
    expect(stagesOf({})).toEqual([]);
    expect(answeredAfterMs({})).toBeUndefined();
  });

  it('end, for who waits, with what was heard, and with what was written where nothing is heard', () => {
    expect(answeredAfterMs({ first_token: 300, first_audio_sent: 500, first_audio_heard: 640 })).toBe(640);
    expect(answeredAfterMs({ first_token: 300 })).toBe(300);
  });
});
