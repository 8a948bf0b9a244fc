import type { ErrorCode, TurnLatency } from '@visavis/protocol';

/** One message of the history a conversation starts from. */
export interface HistoryMessage {
  /** The message's id, where it may be asked again. */
  id?: number;
  role: 'user' | 'assistant';
  content: string;
  /** Only the words that were heard or read are in `content`. */
  interrupted: boolean;
  createdAt: number;
}

/** A language model that can be called: an OpenAI-compatible endpoint (the local model and Ollama speak the same). */
export interface LanguageModelEndpoint {
  /** Name of the provider, as users see it: `local`, `ollama`, `openai` or their own. */
  provider: string;
  model: string;
  /** Ends before `/chat/completions`. */
  baseUrl: string;
  apiKey?: string;
  temperature?: number;
  maxTokens?: number;
  /** How many tokens the model can take in, its answer included. */
  contextTokens: number;
  /** Whether the address may lead to loopback or a private network. */
  privateNetwork: boolean;
  firstTokenTimeoutMs: number;
  nextTokenTimeoutMs: number;
}

/** Everything a conversation needs to begin, or to go on after it was put away. */
export interface ConversationSpec {
  sessionId: number;
  /** The whole system prompt. */
  instructions: string;
  /** Oldest first. */
  history: HistoryMessage[];
  /** In the order in which they are tried. */
  models: LanguageModelEndpoint[];
}

/** Stage by stage, in ms from the moment the message reached the conversation; a written reply has these two. */
export type ReplyLatency = TurnLatency & {
  /** Until the first token of the model. */
  first_token: number;
  /** Until the reply was whole. */
  total: number;
};

export type ReplyEvent =
  | { type: 'delta'; text: string }
  | {
      type: 'end';
      /** What was read or heard. */
      content: string;
      interrupted: boolean;
      /** Of a spoken reply: how long it was heard. */
      spokenMs?: number;
      provider: string;
      model: string;
      latency: ReplyLatency;
    };

/** Why a reply could not be made; `code` is what the caller is told. */
export class ReplyFailure extends Error {
  readonly code: Extract<ErrorCode, 'provider-failed' | 'provider-unavailable' | 'language-model-loading'>;
  /** What was generated before it failed. */
  readonly partial: string;

  constructor(code: ReplyFailure['code'], message: string, options: { partial?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ReplyFailure';
    this.code = code;
    this.partial = options.partial ?? '';
  }
}

/** One live conversation. All that the server knows about what listens, thinks and speaks. */
export interface Conversation {
  /**
   * A typed message of the user; yields the reply as it is made, always ending with `end`.
   * Throws `ReplyFailure` when no model could answer. Aborting `signal` ends the reply early (`interrupted: true`).
   * Messages are answered one after the other, in the order of the calls. One whose `messageId` is in the history already
   * (a retry) is told to the model once.
   */
  message(text: string, options: { messageId?: number; signal: AbortSignal }): AsyncIterable<ReplyEvent>;
  /** Safe to call twice; done within 2 s whatever a vendor does. */
  close(): Promise<void>;
}

export type StartConversation = (spec: ConversationSpec) => Promise<Conversation>;
