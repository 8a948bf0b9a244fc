import * as ar from 'n2words/ar-SA';
import * as bn from 'n2words/bn-BD';
import * as cs from 'n2words/cs-CZ';
import * as da from 'n2words/da-DK';
import * as de from 'n2words/de-DE';
import * as el from 'n2words/el-GR';
import * as enGb from 'n2words/en-GB';
import * as enUs from 'n2words/en-US';
import * as es from 'n2words/es-ES';
import * as fa from 'n2words/fa-IR';
import * as fi from 'n2words/fi-FI';
import * as fr from 'n2words/fr-FR';
import * as he from 'n2words/he-IL';
import * as hi from 'n2words/hi-IN';
import * as hr from 'n2words/hr-HR';
import * as hu from 'n2words/hu-HU';
import * as id from 'n2words/id-ID';
import * as it from 'n2words/it-IT';
import * as ja from 'n2words/ja-JP';
import * as ka from 'n2words/ka-GE';
import * as ko from 'n2words/ko-KR';
import * as lt from 'n2words/lt-LT';
import * as lv from 'n2words/lv-LV';
import * as nb from 'n2words/nb-NO';
import * as nl from 'n2words/nl-NL';
import * as pl from 'n2words/pl-PL';
import * as pt from 'n2words/pt-PT';
import * as ro from 'n2words/ro-RO';
import * as ru from 'n2words/ru-RU';
import * as sr from 'n2words/sr-Cyrl-RS';
import * as sv from 'n2words/sv-SE';
import * as sw from 'n2words/sw-KE';
import * as th from 'n2words/th-TH';
import * as tr from 'n2words/tr-TR';
import * as uk from 'n2words/uk-UA';
import * as vi from 'n2words/vi-VN';
import * as zh from 'n2words/zh-Hans-CN';

/** Whole numbers in words, for one language. */
export interface NumberWords {
  toCardinal(value: string): string;
  toOrdinal(value: string): string;
}

/** By language tag in lower case, the most specific first: `en-gb` before `en`. */
export const numberWords: Readonly<Record<string, NumberWords>> = {
  'en-gb': { toCardinal: (value) => enGb.toCardinal(value), toOrdinal: (value) => enGb.toOrdinal(value) },
  en: { toCardinal: (value) => enUs.toCardinal(value), toOrdinal: (value) => enUs.toOrdinal(value) },
  ar,
  bn,
  cs,
  da,
  de,
  el,
  es,
  fa,
  fi,
  fr,
  he,
  hi,
  hr,
  hu,
  id,
  it,
  ja,
  ka,
  ko,
  lt,
  lv,
  nb,
  nl,
  no: nb,
  pl,
  pt,
  ro,
  ru,
  sr,
  sv,
  sw,
  th,
  tr,
  uk,
  vi,
  zh,
};

/** n2words runs out of names of scales somewhere above; a longer number is said digit by digit. */
export const LONGEST_NUMBER = 15;
