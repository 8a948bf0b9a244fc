import { describe, expect, it } from 'vitest';
import type { SpokenPart } from '../../../core/speech/speech.ts';
import { OUTPUT_RATE, type SpokenClause } from './speak-clause.ts';
import { createSpeechFlow, URGENCY } from './speech-flow.ts';

const SECONDS = 0.5;

/** Half a second of sound; every word of the text begins with it. Nothing for emoji. */
function clause(text: string): SpokenClause {
  if (!/\p{L}/u.test(text)) return { samples: new Int16Array(0), words: [] };
  const samples = new Int16Array(SECONDS * OUTPUT_RATE).fill(1000);
  const phonemes = [{ phoneme: 'ə', start: 0.1, end: 0.2 }];
  return {
    samples,
    words: text
      .trim()
      .split(/\s+/)
      .map((word) => ({ text: word, start: 0, end: SECONDS, phonemes })),
  };
}

interface Asked {
  text: string;
  urgency: number;
  done(): void;
  fail(error: Error): void;
}

function flowWith({ atOnce = true, speed = 1, clock = (): number => 0 } = {}) {
  const parts: SpokenPart[] = [];
  const asked: Asked[] = [];
  const told: string[] = [];
  const flow = createSpeechFlow({
    language: 'en-US',
    speed,
    clock,
    speak: (text, urgency) =>
      new Promise((resolve, fail) => {
        asked.push({ text: text.trim(), urgency, done: () => resolve(clause(text)), fail });
        if (atOnce) resolve(clause(text));
      }),
    onPart(part) {
      parts.push(part);
      told.push(part.words.map(({ text }) => text).join(' '));
    },
    onFlushed: () => told.push('flushed'),
    onFailed: (error) => told.push(`failed: ${error instanceof Error ? error.message : error}`),
  });
  return { flow, parts, asked, told };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
const silenceBefore = ({ samples }: SpokenPart) => samples.findIndex((sample) => sample !== 0) / OUTPUT_RATE;

describe('a flow of speech', () => {
  it('says the beginning of a clause that is slow to come, and no more than the listener needs', async () => {
    let now = 0;
    const { flow, told } = flowWith({ clock: () => now });
    const push = async (text: string, at: number) => {
      now = at;
      flow.push(text);
      await turn();
    };
    await push('Guided tours start ', 0);
    await push('every Wednesday and ', 150);
    expect(told).toEqual([]);
    await push('at half past eight ', 300);
    expect(told).toEqual(['Guided tours start every Wednesday']);
    // Half a second of sound is there; nothing is torn off for as long as it lasts, less what making more takes.
    now = 310;
    await push('in front ', 310);
    expect(told).toEqual(['Guided tours start every Wednesday', 'and at half past eight in']);
    await flow.end();
    expect(told.at(-1)).toBe('front');
  });

  it('waits for whole clauses of a quick text', async () => {
    const { flow, told } = flowWith({ clock: () => 100 });
    for (const word of 'Guided tours start every Wednesday and at half past eight. Fine.'.split(' ')) flow.push(`${word} `);
    await flow.end();
    expect(told).toEqual(['Guided tours start every Wednesday and at half past eight.', 'Fine.']);
  });

  it('says clause after clause, the first urgently', async () => {
    const { flow, told, asked } = flowWith();
    for (const character of 'Good morning to you all. How are you? Fine.') flow.push(character);
    await flow.end();
    expect(told).toEqual(['Good morning to you all.', 'How are you?', 'Fine.']);
    expect(asked.map(({ urgency }) => urgency)).toEqual([URGENCY.first, URGENCY.later, URGENCY.later]);
  });

  it('begins with the first clause before the text has ended', async () => {
    const { flow, told } = flowWith();
    flow.push('Good morning to you all. And');
    await turn();
    expect(told).toEqual(['Good morning to you all.']);
    await flow.end();
    expect(told).toHaveLength(2);
  });

  it('keeps the order though a later clause is spoken first', async () => {
    const { flow, asked, told } = flowWith({ atOnce: false });
    flow.push('The first one is long. The second one is short. ');
    const ended = flow.end();
    await turn();
    asked[1]?.done();
    await turn();
    expect(told).toEqual([]);
    asked[0]?.done();
    await ended;
    expect(told).toEqual(['The first one is long.', 'The second one is short.']);
  });

  it('has at most two clauses in work', async () => {
    const { flow, asked, told } = flowWith({ atOnce: false });
    flow.push('One is the first of all. Two is the second one. Three is the third one. Four is the last one. ');
    const ended = flow.end();
    for (let done = 0; done < 4; done += 1) {
      await turn();
      expect(asked).toHaveLength(Math.min(done + 2, 4));
      asked[done]?.done();
    }
    await ended;
    expect(told).toHaveLength(4);
  });

  it('pauses before the next clause, after a paragraph longest, and not after the last', async () => {
    const { flow, parts } = flowWith();
    flow.push('Well my dear old friends, that was all for today now. This is a sentence.\n\nAnd a paragraph. ');
    await flow.end();
    const pauses = parts.map(silenceBefore);
    // With the quiet that clauses keep at their ends (0.14 s): 0.18, 0.35 and 0.55 s.
    expect(pauses).toEqual([0, 0.04, 0.21, 0.41].slice(0, parts.length));
    expect(parts).toHaveLength(4);
    for (const { samples } of parts) expect(samples.at(-1)).not.toBe(0);
  });

  it('pauses shorter when it speaks faster', async () => {
    const { flow, parts } = flowWith({ speed: 2 });
    flow.push('One is the first of all. Two is the second one.');
    await flow.end();
    expect(parts.map(silenceBefore)).toEqual([0, 0.035]);
  });

  it('counts the times of words and phonemes from the start of all', async () => {
    const { flow, parts } = flowWith();
    flow.push('One is the first of all. Two is the second one. ');
    flow.flush();
    flow.push('Three.');
    await flow.end();
    let begun = 0;
    for (const part of parts) {
      const start = begun + silenceBefore(part);
      expect(part.words[0]?.start).toBeCloseTo(start);
      expect(part.words[0]?.end).toBeCloseTo(start + SECONDS);
      expect(part.words[0]?.phonemes?.[0]).toEqual({
        phoneme: 'ə',
        start: expect.closeTo(start + 0.1),
        end: expect.closeTo(start + 0.2),
      });
      begun += part.samples.length / OUTPUT_RATE;
    }
    expect(parts).toHaveLength(3);
  });

  it('answers every flush when all before it was said, in order', async () => {
    const { flow, asked, told } = flowWith({ atOnce: false });
    flow.push('Half a sen');
    flow.flush();
    flow.flush();
    flow.push('The rest of it.');
    const ended = flow.end();
    await turn();
    expect(asked.map(({ text }) => text)).toEqual(['Half a sen', 'The rest of it.']);
    expect(told).toEqual([]);
    asked[1]?.done();
    asked[0]?.done();
    await ended;
    expect(told).toEqual(['Half a sen', 'flushed', 'flushed', 'The rest of it.']);
  });

  it('tells of a failure once, and says nothing after it', async () => {
    const { flow, asked, told } = flowWith({ atOnce: false });
    flow.push('One is the first of all. Two is the second one. Three is the third one. ');
    await turn();
    asked[0]?.done();
    asked[1]?.fail(new Error('The thread died'));
    await turn();
    flow.push('Four is the last of all. ');
    flow.flush();
    asked[2]?.done();
    await flow.end();
    expect(told).toEqual(['One is the first of all.', 'failed: The thread died']);
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it('ends without a sound where there is nothing to say', async () => {
    for (const text of ['', '  \n ', '😀', '😀 👍🏽\n\n🎉']) {
      const { flow, told } = flowWith();
      flow.push(text);
      await flow.end();
      expect([text, told]).toEqual([text, []]);
    }
  });

  it('does not pause for what was not said', async () => {
    const { flow, parts } = flowWith();
    flow.push('😀😀😀😀😀😀😀😀😀😀😀😀.\n\nHello there my friend.');
    await flow.end();
    expect(parts.map(silenceBefore)).toEqual([0]);
  });
});
