import { language as readersLanguage } from '../../../texts/catalogue.ts';

/** Languages that agents commonly speak; any other tag that an agent has is offered, too. */
const TAGS =
  'en en-US en-GB de fr es es-MX pt pt-BR it nl pl cs sk sv da nb fi hu ro bg el tr uk ru he ar fa hi bn ta id ms vi th zh zh-TW ja ko ca hr sr sl lt lv et sw'.split(
    ' ',
  );

const names = new Intl.DisplayNames(readersLanguage, { type: 'language', fallback: 'code' });

/** "German", "English (United Kingdom)". A tag that nobody knows is its own name. */
export function languageName(tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** What can be chosen from, by name; the agent's own language is always among them. */
export function languageOptions(current: string): Array<{ value: string; label: string }> {
  const tags = TAGS.includes(current) || current === '' ? TAGS : [...TAGS, current];
  const options = tags.map((value) => ({ value, label: languageName(value) }));
  return options.sort((one, other) => one.label.localeCompare(other.label, readersLanguage));
}

/** Whether both are the same language, whatever the country. */
export function sameLanguage(one: string, other: string): boolean {
  return one.split('-')[0]?.toLowerCase() === other.split('-')[0]?.toLowerCase();
}
