/** The tokens of the multilingual Whisper models: which number is which text, and the numbers with a meaning of their own. */
export interface WhisperTokens {
  end: number;
  start: number;
  transcribe: number;
  noSpeech: number;
  noTimestamps: number;
  /** By language, as ISO 639-1 where there is such a code. */
  languages: ReadonlyMap<string, number>;
  /** Tokens of sounds that are not words (music, brackets, dashes between speakers); none of them is ever taken. */
  nonSpeech: readonly number[];
  /** A space and the end: no text begins with them. */
  notFirst: readonly number[];
  bytes(token: number): Buffer;
}

/** In the order of their tokens. */
const LANGUAGES = (
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn ' +
  'et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ' +
  'ha ba jw su'
).split(' ');

/** So many tokens are text; the English models have one less. */
const TEXTS = 50_257;
/** What stands for something else than a word, alone or after a space. */
const SYMBOLS = new Set([
  ...'"#()*+/:;<=>@[\\]^_`{|}~「」『』',
  ...'<< >> <<< >>> -- --- -( -[ (\' (" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪'.split(' '),
]);
const NOTES = /^ ?[♩♪♫♬♭♮♯]/u;
/** The two bytes with which all notes begin, when the third is a token of its own. */
const NOTE_START = Buffer.from([0xe2, 0x99]);
const SPACED_DASH = [' -', " '"];

/** Reads OpenAI's list of tokens, a line for each: base64, then the number. @throws Error if it is another file. */
export function readWhisperTokens(list: string): WhisperTokens {
  const texts = list
    .trimEnd()
    .split('\n')
    .map((line, at) => {
      const [base64 = '', number] = line.split(' ');
      if (number !== String(at)) throw new Error(`The list of Whisper's tokens is damaged at line ${at + 1}`);
      return Buffer.from(base64, 'base64');
    });
  if (texts.length !== TEXTS) throw new Error(`The list of Whisper's tokens has ${texts.length} lines, not ${TEXTS}`);
  const end = TEXTS;
  const start = end + 1;
  const translate = start + LANGUAGES.length + 1;
  return {
    end,
    start,
    transcribe: translate + 1,
    noSpeech: translate + 4,
    noTimestamps: translate + 5,
    languages: new Map(LANGUAGES.map((language, at) => [language, start + 1 + at])),
    nonSpeech: texts.flatMap((text, at) => (isNonSpeech(text) ? [at] : [])),
    notFirst: [texts.findIndex((text) => text.toString() === ' '), end],
    bytes: (token) => texts[token] ?? Buffer.alloc(0),
  };
}

function isNonSpeech(bytes: Buffer): boolean {
  const text = bytes.toString();
  if (SYMBOLS.has(text.startsWith(' ') ? text.slice(1) : text) || NOTES.test(text) || SPACED_DASH.includes(text)) return true;
  return bytes.equals(NOTE_START) || bytes.equals(Buffer.concat([Buffer.from(' '), NOTE_START]));
}
