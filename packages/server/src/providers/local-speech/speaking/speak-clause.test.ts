import { describe, expect, it } from 'vitest';
import type { VoiceEngine } from '../engines/voice-engine.ts';
import type { SpokenWord } from '../pronunciation/spoken-word.ts';
import { OUTPUT_RATE, speakClause } from './speak-clause.ts';

const SECONDS_PER_WORD = 0.25;
const SILENCE_SECONDS = 0.5;

/** A voice at 12 kHz for which every word is a quarter of a second of tone, after half a second of silence. */
function scriptedVoice(): VoiceEngine & { said: SpokenWord[][]; speeds: number[] } {
  const said: SpokenWord[][] = [];
  const speeds: number[] = [];
  return {
    said,
    speeds,
    sampleRate: 12_000,
    async speak(words, speed) {
      said.push([...words]);
      speeds.push(speed);
      const silent = SILENCE_SECONDS * 12_000;
      const length = silent * 2 + words.length * SECONDS_PER_WORD * 12_000;
      const samples = Float32Array.from({ length }, (_, at) =>
        at < silent || at >= length - silent ? 0 : 0.5 * Math.sin(at / 3),
      );
      return {
        samples,
        words: words.map((word, at) => {
          const start = SILENCE_SECONDS + at * SECONDS_PER_WORD;
          const end = start + SECONDS_PER_WORD;
          return { start, end, phonemes: [{ phoneme: word.text[0] ?? '', start, end }] };
        }),
      };
    },
    close: async () => undefined,
  };
}

/** Twice the samples, as from 12 to 24 kHz. */
const resample = (samples: Float32Array) => Float32Array.from({ length: samples.length * 2 }, (_, at) => samples[at >> 1] ?? 0);
const options = { language: 'en-US', speed: 1, gain: 1, resample };
/** What is left of the silence before the first word. */
const MARGIN = 0.04;

describe('a clause', () => {
  it('gives every written word the time of all words it is said with', async () => {
    const voice = scriptedVoice();
    const { words, samples } = await speakClause(voice, 'It costs $5.20 today.', options);
    expect(voice.said[0]).toEqual([
      ...['It', 'costs', 'five', 'dollars', 'and', 'twenty', 'cents'].map((text) => ({ text, pause: '' })),
      { text: 'today', pause: '.' },
    ]);
    expect(words.map(({ text }) => text)).toEqual(['It', 'costs', '$5.20', 'today.']);
    const at = (word: number) => MARGIN + word * SECONDS_PER_WORD;
    for (const [index, [from, to]] of [[0, 1] as const, [1, 2] as const, [2, 7] as const, [7, 8] as const].entries()) {
      expect(words[index]?.start).toBeCloseTo(at(from));
      expect(words[index]?.end).toBeCloseTo(at(to));
    }
    expect(words[2]?.phonemes?.map(({ phoneme }) => phoneme)).toEqual(['f', 'd', 'a', 't', 'c']);
    expect(samples.length / OUTPUT_RATE).toBeCloseTo(at(8) + 0.1);
  });

  it('keeps silent about what is not said, and leaves the other words where they are', async () => {
    const { words } = await speakClause(scriptedVoice(), '— well 😀, **yes** …', options);
    expect(words.map(({ text }) => text)).toEqual(['well', '**yes**']);
  });

  it('is empty where nothing is to be said, and does not ask the voice', async () => {
    const voice = scriptedVoice();
    for (const text of ['', ' ', '😀 👍', '**', '...', '\n'])
      expect(await speakClause(voice, text, options)).toEqual({ samples: new Int16Array(0), words: [] });
    expect(voice.said).toEqual([]);
  });

  it('passes the speed on, and brings the voice to its loudness', async () => {
    const voice = scriptedVoice();
    const loudest = async (gain: number) =>
      Math.max(...(await speakClause(voice, 'Hello there.', { ...options, speed: 1.5, gain })).samples) / 32_767;
    expect(await loudest(0.3)).toBeCloseTo(0.155, 1);
    // A clause that is louder or softer than the others is brought nearer to them, by 2 dB at most.
    expect(await loudest(1)).toBeCloseTo(0.5 * 10 ** (-2 / 20), 2);
    expect(await loudest(0.05)).toBeCloseTo(0.025 * 10 ** (2 / 20), 3);
    expect(voice.speeds).toEqual([1.5, 1.5, 1.5]);
  });

  it('keeps times inside the sound where a voice says nothing at all', async () => {
    const silent: VoiceEngine = {
      ...scriptedVoice(),
      speak: async (words) => ({
        samples: new Float32Array(12_000),
        words: words.map(() => ({ start: 0.2, end: 0.4, phonemes: [] })),
      }),
    };
    expect(await speakClause(silent, 'Hm.', options)).toEqual({
      samples: new Int16Array(0),
      words: [{ text: 'Hm.', start: 0, end: 0 }],
    });
  });
});
