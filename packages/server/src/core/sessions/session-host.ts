import type { ConversationSpec, ReplyEvent } from '../conversation.ts';

/** What a session is hosted with, to be built only where it has to be. */
export interface Hosting {
  /** The session's epoch after it was claimed for this hosting. */
  epoch: number;
  spec: ConversationSpec;
}

export interface HostedReplyRequest {
  sessionId: number;
  /** Id of the user message. */
  turnId: number;
  text: string;
  /** Changes with whatever the conversation is built from, so that an edited agent is hosted anew. */
  version: string;
  signal: AbortSignal;
  /** Claims the session and loads its history; called where no worker holds it in this version. */
  host: () => Promise<Hosting>;
}

/** Where the conversations of live sessions are: the workers. */
export interface SessionHost {
  /**
   * Has a message answered by the worker that holds the session (one takes it over where none does). Ends with `end`;
   * throws `ReplyFailure`, or `AppError` `worker-lost` / `no-capacity`. `epoch` tells on whose behalf the events come.
   */
  reply(request: HostedReplyRequest): AsyncIterable<ReplyEvent & { epoch: number }>;
  /** Lets go of a session's conversation, wherever it is. */
  release(sessionId: number): void;
}
