import { describe, expect, it } from 'vitest';
import { defaultConsentNote, greetingWithConsent } from './consent.ts';

const agent = { customGreeting: 'Hello!', language: 'de-AT', properties: null };
const recorded = (greeting?: object) => ({
  ...agent,
  properties: { recording: { enabled: true }, ...(greeting && { turn: { greeting } }) },
});

describe('who joins a session', () => {
  it('hears the greeting alone where nothing is recorded', () => {
    expect(greetingWithConsent(agent)).toBe('Hello!');
    expect(greetingWithConsent({ ...agent, properties: { recording: { enabled: false } } })).toBe('Hello!');
    expect(greetingWithConsent({ ...agent, properties: { turn: { greeting: { consent_note: 'Recorded.' } } } })).toBe('Hello!');
    expect(greetingWithConsent({ ...agent, customGreeting: '  ' })).toBeUndefined();
  });

  it('is told that it is recorded, in the agent’s words or else in its language', () => {
    expect(greetingWithConsent(recorded({ consent_note: 'We record this.' }))).toBe('Hello! We record this.');
    expect(greetingWithConsent(recorded())).toBe('Hello! Dieses Gespräch wird aufgezeichnet.');
    expect(['en', 'de', 'es', 'fr', 'fr-CA', 'pl'].map(defaultConsentNote)).toEqual([
      'This conversation is recorded.',
      'Dieses Gespräch wird aufgezeichnet.',
      'Esta conversación se graba.',
      'Cette conversation est enregistrée.',
      'Cette conversation est enregistrée.',
      'This conversation is recorded.',
    ]);
  });

  it('is told so without a greeting, too', () => {
    expect(greetingWithConsent({ ...recorded(), customGreeting: null })).toBe('Dieses Gespräch wird aufgezeichnet.');
    expect(greetingWithConsent(recorded({ enabled: false }))).toBe('Dieses Gespräch wird aufgezeichnet.');
  });
});
