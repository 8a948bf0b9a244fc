import type { ConversationSpec, ReplyEvent, ReplyFailure } from '../core/conversation.ts';

/** How a worker is set up; its first message. */
export interface WorkerSettings {
  logLevel: string;
  /** A conversation that was idle for so long is put away, in ms. */
  residentIdleMs: number;
  /** More idle conversations than this are put away, the longest unused first. */
  mostResident: number;
}

/** What the API process tells a worker. */
export type ToWorker =
  | { type: 'configure'; settings: WorkerSettings }
  /** `spec` comes along where the worker is to take the session over. */
  | { type: 'message'; sessionId: number; epoch: number; turnId: number; text: string; spec?: ConversationSpec }
  | { type: 'cancel'; turnId: number }
  | { type: 'release'; sessionId: number; epoch: number }
  | { type: 'stop' };

/** What a worker tells the API process. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'reply'; turnId: number; event: ReplyEvent }
  | { type: 'failed'; turnId: number; code: ReplyFailure['code'] }
  /** The session was put away meanwhile: the message must come again with its `spec`. */
  | { type: 'not-hosted'; turnId: number }
  | { type: 'put-away'; sessionId: number; epoch: number }
  /** One failed call of a provider, for the metrics. */
  | { type: 'provider-failed'; provider: string; kind: string };
