import type { Voice } from './voice.ts';

const INTRODUCTIONS: Record<string, (name: string) => string> = {
  de: (name) => `Hallo, ich bin ${name}. Wie kann ich Ihnen heute helfen?`,
  en: (name) => `Hello, I am ${name}. How can I help you today?`,
  es: (name) => `Hola, soy ${name}. ¿En qué puedo ayudarle hoy?`,
  fr: (name) => `Bonjour, je suis ${name}. Comment puis-je vous aider aujourd’hui ?`,
  it: (name) => `Ciao, sono ${name}. Come posso aiutarla oggi?`,
  ja: (name) => `こんにちは、${name}です。今日はどのようなご用件でしょうか。`,
  nl: (name) => `Hallo, ik ben ${name}. Waarmee kan ik u vandaag helpen?`,
  pl: (name) => `Dzień dobry, jestem ${name}. W czym mogę dziś pomóc?`,
  pt: (name) => `Olá, eu sou ${name}. Como posso ajudar hoje?`,
  zh: (name) => `你好，我是${name}。今天有什么可以帮您？`,
};

/** What a voice says of itself in its own language; in a language that we have no words for, its name. */
export function introductionOf({ language, name }: Pick<Voice, 'language' | 'name'>): string {
  const introduce = INTRODUCTIONS[language.toLowerCase().split(/[-_]/)[0] ?? ''];
  return introduce ? introduce(name) : `${name}.`;
}
