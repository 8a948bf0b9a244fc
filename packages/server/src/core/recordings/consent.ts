import type { AgentProperties } from '@visavis/protocol';
import type { Agent } from '../agents/agent.ts';
import { isRecorded } from '../calls/connect-call.ts';

const DEFAULT_NOTES: Record<string, string> = {
  en: 'This conversation is recorded.',
  de: 'Dieses Gespräch wird aufgezeichnet.',
  es: 'Esta conversación se graba.',
  fr: 'Cette conversation est enregistrée.',
};

/** What is said about the recording where the agent's settings say nothing else; in English where there is no text in the language. */
export function defaultConsentNote(language: string): string {
  const note = DEFAULT_NOTES[language.toLowerCase().split('-')[0] ?? ''];
  return note ?? (DEFAULT_NOTES.en as string);
}

/**
 * What is said to who joins a spoken session: the agent's greeting, and, where sessions are recorded, the consent note behind it. The
 * note is said whether or not there is a greeting: nobody is recorded without having been told. Undefined where there is nothing to say.
 */
export function greetingWithConsent(agent: Pick<Agent, 'customGreeting' | 'language' | 'properties'>): string | undefined {
  const settings = (agent.properties as AgentProperties | null)?.turn?.greeting;
  const greeting = settings?.enabled === false ? undefined : agent.customGreeting?.trim();
  const note = isRecorded(agent) ? (settings?.consent_note?.trim() ?? defaultConsentNote(agent.language)) : undefined;
  return [greeting, note].filter(Boolean).join(' ') || undefined;
}
