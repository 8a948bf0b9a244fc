import type { EnglishVariant } from './phonemes.ts';
import { addS } from './word-endings.ts';

/** Names that people say to agents, which no rule would get right and misaki's lexicon does not have; American, in small letters. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    airbnb: 'ˈɛɹbiˌɛnbˌi',
    'at&t': 'ˌAtˌiəntˈi',
    beyonce: 'biˈɑnsˌA',
    huawei: 'wˈɑwˌA',
    json: 'ʤˈAsᵊn',
    kubernetes: 'kˌubəɹnˈɛɾiz',
    linkedin: 'lˌɪŋktˈɪn',
    livekit: 'lˈIvkˌɪt',
    nguyen: 'nwˈɪn',
    ollama: 'Olˈɑmə',
    postgresql: 'pˈOstɡɹɛskjˌuˌɛl',
    siobhan: 'ʃəvˈɔn',
    visavis: 'vˌizəvˈi',
    wifi: 'wˈIfˌI',
    xiaomi: 'ʃˌWmˈi',
    zuckerberg: 'zˈʌkəɹbˌɜɹɡ',
    zurich: 'zˈʊɹɪk',
  }),
);

/** How one of a few well-known names is said, also with 's. British voices guess them from their letters. */
export function pronounceName(word: string, variant: EnglishVariant): string | undefined {
  if (variant !== 'en-US') return undefined;
  const small = word.toLowerCase();
  return NAMES.get(small) ?? (small.endsWith("'s") ? addS(NAMES.get(small.slice(0, -2)), variant) : undefined);
}
