import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { userModelsDir } from '../../../testing/test-model.ts';
import { loadEnglishPronouncer, type Pronouncer } from './english-pronouncer.ts';
import { inVocabulary } from './phonemes.ts';
import type { SpokenWord } from './spoken-word.ts';

const folder = join(userModelsDir(), 'english-pronunciation');
const missing = ['us_gold.json', 'us_silver.json', 'gb_gold.json', 'gb_silver.json', 'checkpoint20.npz'].filter(
  (file) => !existsSync(join(folder, file)),
);
if (missing.length > 0) console.warn(`Tests of English pronunciation are skipped: ${folder} has no ${missing.join(', ')}`);

/** The words of a plain sentence, with the punctuation after each. */
function wordsOf(sentence: string): SpokenWord[] {
  return sentence.split(' ').map((word) => {
    const [, text = '', pause = ''] = /^(.*?)([.?!,;:—…]?)$/.exec(word) ?? [];
    return { text, pause: pause as SpokenWord['pause'] };
  });
}

describe.skipIf(missing.length > 0)('the English lexicon', () => {
  let american: Pronouncer;
  let british: Pronouncer;
  beforeAll(async () => {
    american = await loadEnglishPronouncer(folder);
    british = await loadEnglishPronouncer(folder, { variant: 'en-GB' });
  });
  const say = (sentence: string) => american.pronounce(wordsOf(sentence)).join(' ');

  it.each([
    ['Have you read the contract?', 'hˌæv ju ɹˈɛd ðə kˈɑntɹˌækt'],
    ['I read the news every morning.', 'ˌI ɹˈid ðə nˈuz ˈɛvəɹi mˈɔɹnɪŋ'],
    ['The shops close at five.', 'ðə ʃˈɑps klˈOz æt fˈIv'],
    ['I am used to it.', 'ˌI ɐm jˈust tʊ ɪt'],
    ['These dates conflict with mine.', 'ðˌiz dˈAts kənflˈɪkt wɪð mˈIn'],
    ['There is a minute difference.', 'ðˌɛɹ ɪz ɐ mInˈut dˈɪfəɹəns'],
    ['I play the bass guitar.', 'ˌI plˈA ðə bˈAs ɡətˈɑɹ'],
    ['The pipe is a lead pipe.', 'ðə pˈIp ɪz ɐ lˈɛd pˈIp'],
  ])('reads "%s" better than misaki', (sentence, phonemes) => {
    expect(say(sentence)).toBe(phonemes);
  });

  it.each([
    ['The A P I is down.', 'ði ˌA pˌi ˈI ɪz dˌWn'],
    ['Call at ten A M.', 'kˈɔl æt tˈɛn ˌA ˈɛm'],
    ['A I is new.', 'ˌA ˈI ɪz nˈu'],
    ['Vitamin A is good.', 'vˈITəmən ˈA ɪz ɡˈʊd'],
    ['The APIs and the npm.', 'ði ˌApˌiˈIz ænd ði ˌɛnpˌiˈɛm'],
    ['AT&T and the U.S. army', 'ˌAtˌiəntˈi ænd ðə jˌuˈɛs ˈɑɹmi'],
  ])('says letters in "%s"', (sentence, phonemes) => {
    expect(say(sentence)).toBe(phonemes);
  });

  it.each([
    ['crowdfunder', 'kɹˈWdfˌʌndəɹ'],
    ['doomscrolling', 'dˈumskɹˌOlɪŋ'],
    ['chatbots', 'ʧˈætbˌɑts'],
    ['unclickable', 'ˌʌnklˈɪkəbᵊl'],
    ["Zuckerberg's", 'zˈʌkəɹbˌɜɹɡz'],
    ['GitHub', 'ɡˌɪthˈʌb'],
    ["Karen'll", 'kəɹˈɛnəl'],
    ['Müller', 'mˈʌləɹ'],
    ['B2B', 'bˈi tˈu bˈi'],
    ['state-of-the-art', 'stˈAtʌvðəˈɑɹt'],
    ['constructor', 'kənstɹˈʌktəɹ'],
    ['and/or', 'ænd ɔɹ'],
  ])('works out %s', (word, phonemes) => {
    expect(say(word)).toBe(phonemes);
  });

  it.each(['Grafana', 'Blorptastic', 'Wuzzlewick', 'Spotiqueue', 'zorbification', 'Kvothe', 'Schnitzelwerk'])(
    'guesses %s with one stress and a vowel',
    (word) => {
      const phonemes = say(word);
      expect(phonemes.match(/ˈ/g)).toHaveLength(1);
      expect(phonemes.length).toBeGreaterThan(word.length / 2);
      expect(inVocabulary(phonemes, 'en-US')).toBe(true);
    },
  );

  it('speaks British with long vowels and no r before consonants', () => {
    const words = british.pronounce(wordsOf('The car park is not far, and the Visavis server cost more.'));
    expect(words.join(' ')).toBe('ðə kˈɑː pˈɑːk ɪz nˌɒt fˈɑː and ðə vɪsˈɒvɪs sˈɜːvə kˈɒst mˈɔː');
  });

  it.each(['', ' ', "'", '-', '🙂', '…', '東京', 'Привет', '\u0000', '💥💥', "''''", '_-_'])(
    'has nothing to say for %j',
    (text) => {
      expect(american.pronounce([{ text, pause: '' }])).toEqual(['']);
    },
  );

  it('never throws, never loses a word, never uses a symbol that the voices do not know', () => {
    const pause = fc.constantFrom('', '.', '?', '!', ',', ';', ':', '—', '…') as fc.Arbitrary<SpokenWord['pause']>;
    const latin = fc.stringMatching(/^[A-Za-z'’éüñß.&-]{0,14}$/);
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      latin,
      fc.constantFrom('__proto__', 'toString', 'a', 'I'),
    );
    const sentence = fc.array(fc.record({ text, pause }), { maxLength: 8 });
    fc.assert(
      fc.property(sentence, (words) => {
        for (const [pronouncer, variant] of [
          [american, 'en-US'],
          [british, 'en-GB'],
        ] as const) {
          const phonemes = pronouncer.pronounce(words);
          expect(phonemes).toHaveLength(words.length);
          expect(phonemes.filter((each) => !inVocabulary(each, variant))).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('says the same again, in bounded time for a word without end', () => {
    const endless = { text: 'blorp'.repeat(20_000), pause: '' as const };
    const first = american.pronounce([endless]);
    expect(american.pronounce([endless])).toEqual(first);
    expect(first[0]?.length).toBeLessThan(200);
  });
});
