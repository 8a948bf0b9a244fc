import type { Pronunciation } from '../process-messages.ts';
import { loadEnglishPronouncer, type Pronouncer } from './english-pronouncer.ts';
import { createSpanishPronouncer } from './spanish-pronouncer.ts';

/** What says how the words of a voice's language sound. */
export async function loadPronouncer(how: Pronunciation): Promise<Pronouncer> {
  if (how === 'spanish') return createSpanishPronouncer();
  return loadEnglishPronouncer(how.folder, { variant: how.accent });
}
