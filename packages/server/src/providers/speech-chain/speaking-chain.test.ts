import { describe, expect, it } from 'vitest';
import {
  type CallableVoice,
  SpeechFailure,
  type SpeechReport,
  VOICE_RATE,
  type VoiceInput,
  type VoicePiece,
} from '../../core/speech/callable-speech.ts';
import { createSpeakingChain } from './speaking-chain.ts';

const WORD_SECONDS = 0.1;
const WORD_SAMPLES = VOICE_RATE * WORD_SECONDS;

/** Its phonemes are one, the word. */
const timedWord = (text: string, start: number, end: number) => ({ text, start, end, phonemes: [{ phoneme: text, start, end }] });

/** A voice that says each word when it is complete, and breaks off after so many. */
function voiceOf(provider: string, breakAfter = Number.POSITIVE_INFINITY, how: 'throw' | 'hang' | 'end' = 'throw') {
  const heard: string[] = [];
  const voice: CallableVoice = {
    provider,
    firstAudioMs: 2_000,
    nextAudioMs: 2_000,
    async *speak(input, signal) {
      const call = heard.push('') - 1;
      let rest = '';
      let said = 0;
      async function* words(final: boolean): AsyncGenerator<VoicePiece> {
        const found = [...rest.matchAll(final ? /\S+/g : /\S+(?=\s)/g)];
        for (const [word] of found) {
          if (said === breakAfter) {
            if (how === 'throw') throw new SpeechFailure('closed');
            if (how === 'hang') await new Promise((resolve) => signal.addEventListener('abort', resolve));
            return;
          }
          yield {
            samples: new Int16Array(WORD_SAMPLES),
            words: [timedWord(word, said * WORD_SECONDS, (said + 1) * WORD_SECONDS)],
          };
          said += 1;
        }
        const last = found.at(-1);
        if (last) rest = rest.slice(last.index + last[0].length);
      }
      for await (const item of input) {
        if (item.type === 'text') {
          heard[call] += item.text;
          rest += item.text;
        }
        yield* words(item.type === 'flush');
      }
      yield* words(true);
    },
  };
  return { voice, heard };
}

async function* typed(...texts: string[]): AsyncGenerator<VoiceInput> {
  for (const text of texts) yield { type: 'text', text };
}

async function speak(voices: CallableVoice[], input: AsyncIterable<VoiceInput>, patience = 1) {
  const reports: SpeechReport[] = [];
  const chain = createSpeakingChain({ voices, language: 'en', patience, report: (report) => reports.push(report) });
  const pieces: VoicePiece[] = [];
  for await (const piece of chain.speak(input, new AbortController().signal)) pieces.push(piece);
  const words = pieces.flatMap((piece) => piece.words);
  return {
    text: words.map(({ text }) => text).join(''),
    phonemes: words.flatMap(({ phonemes = [] }) => phonemes.map(({ phoneme, start }) => `${phoneme} ${start.toFixed(1)}`)),
    starts: words.map(({ start }) => Math.round(start * 100) / 100),
    samples: pieces.reduce((sum, { samples }) => sum + samples.length, 0),
    reports,
    chain,
  };
}

const TEXT = ['One two three', ' four five six. Seven', ' eight nine ten.'];

describe('a chain of voices', () => {
  it.each(Array.from({ length: 10 }, (_, after) => after))('goes on with the next word after %i', async (after) => {
    const [first, second] = [voiceOf('first', after), voiceOf('second')];
    const spoken = await speak([first.voice, second.voice], typed(...TEXT));
    expect(spoken.text).toBe(TEXT.join(''));
    expect(second.heard.map((text) => text.trim().split(/\s+/).length)).toEqual([10 - after]);
    expect(spoken.samples).toBe(10 * WORD_SAMPLES);
    expect(spoken.starts).toEqual(Array.from({ length: 10 }, (_, n) => n / 10));
    expect(spoken.phonemes).toHaveLength(10);
    expect(spoken.phonemes.map((phoneme) => Number(phoneme.split(' ').at(-1)))).toEqual(spoken.starts);
    expect(spoken.reports).toEqual([{ provider: 'first', stage: 'speaking', kind: 'closed' }]);
  });

  it('goes through as many as it takes', async () => {
    const voices = [voiceOf('a', 2), voiceOf('b', 0), voiceOf('c', 3), voiceOf('d', 5)];
    const spoken = await speak(
      voices.map(({ voice }) => voice),
      typed(...TEXT),
    );
    expect(spoken.text).toBe(TEXT.join(''));
    expect(spoken.reports.map(({ provider }) => provider)).toEqual(['a', 'b', 'c']);
  });

  it('ends with what was said where none is left, and says so', async () => {
    const spoken = await speak([voiceOf('a', 2).voice, voiceOf('b', 1).voice], typed(...TEXT));
    expect(spoken.text).toBe('One two three');
    expect(spoken.reports.map(({ provider, kind }) => [provider, kind])).toEqual([
      ['a', 'closed'],
      ['b', 'closed'],
      ['b', 'all-failed'],
    ]);
    expect((await speak([], typed(...TEXT))).reports).toEqual([{ provider: 'none', stage: 'speaking', kind: 'all-failed' }]);
  });

  it('leaves a voice that hangs, and one that says nothing', async () => {
    const hanging = await speak([voiceOf('a', 3, 'hang').voice, voiceOf('b').voice], typed(...TEXT), 0.02);
    expect(hanging.text).toBe(TEXT.join(''));
    expect(hanging.reports.map(({ kind }) => kind)).toEqual(['timeout']);
    const silent = await speak([voiceOf('a', 0, 'end').voice, voiceOf('b').voice], typed(...TEXT));
    expect(silent.text).toBe(TEXT.join(''));
    expect(silent.reports.map(({ kind }) => kind)).toEqual(['bad-answer']);
  });

  it('does not blame a voice for a text that comes slowly', async () => {
    let more = () => {};
    async function* slowly(): AsyncGenerator<VoiceInput> {
      yield { type: 'text', text: 'This is the first of them, and well' };
      await new Promise<void>((resolve) => (more = resolve));
      yield { type: 'text', text: ' this is the second.' };
    }
    const { voice } = voiceOf('a');
    const asked = speak([voice], slowly(), 0.02);
    // Ten times as long as the voice may take.
    await new Promise((resolve) => setTimeout(resolve, 400));
    more();
    const spoken = await asked;
    expect(spoken).toMatchObject({ text: 'This is the first of them, and well this is the second.', reports: [] });
  });

  it('keeps what is not said in the text: markup, code, blank lines', async () => {
    const text = '## News\n\n- **One** of them:\n- two.\n\n```js\nlet x;\n```\n';
    const { voice } = voiceOf('a');
    const plain: CallableVoice = {
      ...voice,
      async *speak(input) {
        let all = '';
        for await (const item of input) if (item.type === 'text') all += item.text;
        expect(all).toBe(text);
        const said = ['News', 'One', 'of', 'them:', 'two.'];
        yield { samples: new Int16Array(500), words: said.map((word, n) => ({ text: word, start: n, end: n + 1 })) };
      },
    };
    expect((await speak([plain], typed(text))).text).toBe(text);
  });

  it('passes flushes on, and says nothing of nothing', async () => {
    async function* flushed(): AsyncGenerator<VoiceInput> {
      yield { type: 'text', text: 'Well' };
      yield { type: 'flush' };
      yield { type: 'text', text: ' then' };
      yield { type: 'flush' };
    }
    expect((await speak([voiceOf('a').voice], flushed())).text).toBe('Well then');
    expect(await speak([voiceOf('a').voice], typed())).toMatchObject({ text: '', samples: 0, reports: [] });
  });

  it('begins the next reply with a voice that has not just failed, and comes back to the first after its rest', async () => {
    let now = 0;
    let breakAfter = 1;
    const called: string[] = [];
    const named = (provider: string, after: () => number): CallableVoice => ({
      ...voiceOf(provider).voice,
      speak(input, signal) {
        called.push(provider);
        return voiceOf(provider, after()).voice.speak(input, signal);
      },
    });
    const voices = [named('a', () => breakAfter), named('b', () => 99)];
    const chain = createSpeakingChain({ voices, language: 'en', report: () => undefined, now: () => now });
    const reply = async () => {
      for await (const _ of chain.speak(typed(...TEXT), new AbortController().signal));
      return called.splice(0);
    };
    expect(await reply()).toEqual(['a', 'b']);
    expect(await reply()).toEqual(['b']);
    breakAfter = 99;
    now = 30_001;
    expect(await reply()).toEqual(['a']);
  });

  it('stops at once', async () => {
    const stop = new AbortController();
    const chain = createSpeakingChain({
      voices: [voiceOf('a', 2, 'hang').voice],
      language: 'en',
      report: () => expect.unreachable(),
    });
    const said: string[] = [];
    for await (const piece of chain.speak(typed(...TEXT), stop.signal)) {
      said.push(...piece.words.map(({ text }) => text));
      if (said.length === 2) stop.abort();
    }
    expect(said).toEqual(['One', ' two']);
  });
});
