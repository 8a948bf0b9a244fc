import { describe, expect, it } from 'vitest';
import type { SpokenWord } from './spoken-word.ts';
import { classifyWords } from './word-class.ts';

/** The class of the word that is marked with a star. */
function classOf(sentence: string): string | undefined {
  const words = sentence.split(' ').map((word): SpokenWord => {
    const [, text = '', pause = ''] = /^\*?(.*?)([.?!,;:—…]?)$/.exec(word) ?? [];
    return { text, pause: pause as SpokenWord['pause'] };
  });
  return classifyWords(words)[sentence.split(' ').findIndex((word) => word.startsWith('*'))];
}

describe('a verb', () => {
  it.each([
    'I want to *record this.',
    'Do you *record calls?',
    'Does it *record?',
    'Can the app *record calls?',
    "We don't *permit that.",
    'They always *produce milk.',
    '*Close the door.',
    'Please *separate them.',
    'Let me *record it.',
    'The app *records audio in the background.',
    'These dates *conflict with mine.',
    'Prices *increase every year.',
    'Where do you *live?',
  ])('%s', (sentence) => {
    expect(classOf(sentence)).toBe('verb');
  });
});

describe('a noun', () => {
  it.each([
    'We keep a *record of it.',
    'My new *record.',
    'In *use since May.',
    'The *increase is small.',
    'The *records are safe.',
    "The shop's *produce is fresh.",
    'At the *close of the day.',
    'Is there any *use?',
    'The core *objects of this.',
  ])('%s', (sentence) => {
    expect(classOf(sentence)).toBe('noun');
  });
});

describe('an adjective', () => {
  it.each(['A *close friend.', 'It is *close to us.', 'You are so *close!', 'An *elaborate plan.', 'I am *content with it.'])(
    '%s',
    (sentence) => {
      expect(classOf(sentence)).toBe('adjective');
    },
  );
});

it.each([
  ['I have already *read it.', 'past-participle'],
  ['Have you *read it?', 'past-participle'],
  ['She *read it twice.', 'past-verb'],
  ['I *read it yesterday.', 'past-verb'],
  ['Did you *read it?', 'verb'],
  ['I *read it every day.', 'verb'],
  ['*A dog.', 'determiner'],
  ['*A I is here.', 'letter'],
  ['the A P *I is', 'letter'],
  ['*I think', 'other'],
  ['We need *IT support.', 'proper-noun'],
  ['I live in *Boston.', 'proper-noun'],
  ['I know *that.', 'determiner'],
  ['I know *that you are right.', 'preposition'],
])('%s: %s', (sentence, expected) => {
  expect(classOf(sentence)).toBe(expected);
});

it('takes a text in capitals for no names', () => {
  expect(classOf('GIVE *IT TO ME')).not.toBe('proper-noun');
});
