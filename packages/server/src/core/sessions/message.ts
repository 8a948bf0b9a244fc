import type { TurnLatency } from '@visavis/protocol';

export interface Message {
  id: number;
  sessionId: number;
  userId: number;
  role: 'user' | 'assistant' | 'tool' | 'system';
  content: string;
  source: 'text' | 'speech';
  /** The user message that began the turn; null for a greeting. */
  turnId: number | null;
  answered: boolean;
  attempts: number;
  interrupted: boolean;
  spokenMs: number | null;
  /** When a spoken one began to be heard. */
  saidAt: number | null;
  latency: TurnLatency | null;
  bodyHash: string | null;
  createdAt: number;
}

export interface NewMessage {
  role: Message['role'];
  content: string;
  source: Message['source'];
  turnId?: number;
  interrupted?: boolean;
  /** Of a spoken reply: how long it was heard. */
  spokenMs?: number;
  saidAt?: number;
  latency?: TurnLatency;
  idempotencyKey?: string;
  bodyHash?: string;
}

export interface MessageStore {
  insert(userId: number, sessionId: number, message: NewMessage, now: number): Promise<Message>;
  find(userId: number, sessionId: number, id: number): Promise<Message | undefined>;
  findByKey(userId: number, sessionId: number, idempotencyKey: string): Promise<Message | undefined>;
  replyTo(userId: number, sessionId: number, turnId: number): Promise<Message | undefined>;
  /** Oldest first. */
  list(userId: number, sessionId: number, page: { limit: number; after?: number }): Promise<Message[]>;
  /** In the order of the turns: each reply directly behind its question. */
  turns(userId: number, sessionId: number): Promise<Message[]>;
  /** Begins another answer to a user message; gives the number of this attempt (a new message is at its first). */
  beginAttempt(userId: number, sessionId: number, id: number): Promise<number>;
  /** Replaces a reply's timings, where the client's came late. */
  setLatency(userId: number, sessionId: number, id: number, latency: TurnLatency): Promise<void>;
  markAnswered(userId: number, sessionId: number, id: number): Promise<void>;
}
