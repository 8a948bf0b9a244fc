/** One message, as far as the window cares. */
export interface WindowMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  text: string;
}

/** What of a model's context there is to fill. */
export interface ContextBudget {
  /** All that the model takes in, its answer included. */
  contextTokens: number;
  /** Room for the answer; 512 if nobody limits it. */
  maxTokens?: number | undefined;
}

/** `from`: index of the first message that stays, beside the system messages, which always stay. */
export type Window = { fits: true; from: number } | { fits: false; neededTokens: number; availableTokens: number };

const DEFAULT_ANSWER_TOKENS = 512;
/** The estimate is one; tokenizers and chat templates differ. */
const SAFETY_MARGIN = 0.05;
/** Role and separators of a chat template: 3 to 5 tokens in ChatML and Llama 3. */
const TOKENS_PER_MESSAGE = 5;

/**
 * Cuts a history to a model's context by dropping its oldest turns; nothing is summarised.
 * A turn is a user's message with all that follows until the next one; what stands before the first (the greeting) goes
 * first. So the window begins with a user's message, or with the greeting when nothing was dropped: never with an answer
 * whose question is gone. System messages and the newest turn always stay; if they alone are too long, it does not fit.
 */
export function windowHistory(messages: readonly WindowMessage[], budget: ContextBudget): Window {
  const available = availableTokens(budget);
  let used = 0;
  for (const message of messages) if (message.role === 'system') used += messageTokens(message.text);
  const first = messages.findIndex((message) => message.role !== 'system');
  let from = messages.length;
  let turn = 0;
  for (let index = messages.length - 1; index >= first && first >= 0; index--) {
    const message = messages[index]!;
    if (message.role === 'system') continue;
    turn += messageTokens(message.text);
    if (message.role !== 'user' && index !== first) continue;
    if (used + turn > available) break;
    used += turn;
    turn = 0;
    from = index;
  }
  const nothingFits = from === messages.length && (turn > 0 || used > available);
  return nothingFits ? { fits: false, neededTokens: used + turn, availableTokens: available } : { fits: true, from };
}

/** How many tokens of instructions and history a model takes in beside its answer. */
export function availableTokens({ contextTokens, maxTokens }: ContextBudget): number {
  return Math.floor(contextTokens * (1 - SAFETY_MARGIN)) - (maxTokens ?? DEFAULT_ANSWER_TOKENS);
}

/**
 * About how many tokens a text is, rather too many than too few. Measured with the tokenizers of OpenAI (o200k, cl100k) on a
 * paragraph each: English 4.8 characters a token, German 3.7, French 3.5, code 3.3, JSON 2.6, Russian 2.1, Arabic 1.4,
 * Hindi 1.0, Japanese and Chinese 0.9. Hence 3.5 ASCII letters and blanks, 1.5 other ASCII characters, or 0.8 of any
 * other alphabet a token: over by half for English, by a tenth for German, exact for Chinese and Hindi.
 */
export function estimateTokens(text: string): number {
  let letters = 0;
  let signs = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 32 || (code >= 97 && code <= 122) || (code >= 65 && code <= 90)) letters++;
    else if (code < 128) signs++;
  }
  return Math.ceil(letters / 3.5 + signs / 1.5 + (text.length - letters - signs) / 0.8);
}

function messageTokens(text: string): number {
  return estimateTokens(text) + TOKENS_PER_MESSAGE;
}
