import type { ErrorCode, ServerEvent } from '@visavis/protocol';
import type { CallEvent } from '../core/calls/call-events.ts';
import type { CallSpec, JoinTerms } from '../core/calls/call-host.ts';
import type { ConversationSpec, ReplyEvent, ReplyFailure } from '../core/conversation.ts';

/** How a worker's connections reach its clients. */
export interface TransportSettings {
  /** First and last UDP port of its media; any, where undefined. */
  udpPorts?: [number, number] | undefined;
  /** What clients reach this machine at, where it does not know itself (NAT). */
  publicIp?: string | undefined;
  ipv6?: boolean;
}

/** How a worker is set up; its first message. */
export interface WorkerSettings {
  logLevel: string;
  /** A conversation that was idle for so long is put away, in ms. */
  residentIdleMs: number;
  /** More idle conversations than this are put away, the longest unused first. */
  mostResident: number;
  /** Whether anybody listens and speaks here: then the first caller is prepared for. */
  speaks?: boolean;
  transport?: TransportSettings;
  /** The folder of recordings. */
  recordings?: string;
  /** So many faces are carried at a time; none where left out. */
  mostFaces?: number;
}

/** What the API process tells a worker. */
export type ToWorker =
  | { type: 'configure'; settings: WorkerSettings }
  /** `spec` comes along where the worker is to take the session over. */
  | { type: 'message'; sessionId: number; epoch: number; turnId: number; text: string; spec?: ConversationSpec }
  | { type: 'cancel'; turnId: number }
  | { type: 'release'; sessionId: number; epoch: number }
  /** `call` comes along where the worker is to begin it. Answered with `connected` or `connect-failed`. */
  | { type: 'connect'; sessionId: number; epoch: number; requestId: number; offer: string; terms: JoinTerms; call?: CallSpec }
  /** Comes with the socket itself, and is confirmed with `taken`. `head`: in base64, what came after the request. */
  | {
      type: 'drive';
      handId?: number;
      sessionId: number;
      epoch: number;
      headers: Readonly<Record<string, string>>;
      head: string;
      terms: JoinTerms;
      call: CallSpec;
    }
  /** To be passed on to the client. */
  | { type: 'tell'; sessionId: number; event: ServerEvent }
  | { type: 'interrupt'; sessionId: number }
  /** Ends a call; answered with `hung-up` when everything that was said has been reported. */
  | { type: 'hang-up'; sessionId: number; epoch: number; farewell: ServerEvent | undefined }
  | { type: 'stop' };

/** What a worker tells the API process. */
export type FromWorker =
  | { type: 'ready' }
  /** A socket has arrived. */
  | { type: 'taken'; handId: number }
  | { type: 'reply'; turnId: number; event: ReplyEvent }
  | { type: 'failed'; turnId: number; code: ReplyFailure['code'] }
  /** The session was put away meanwhile: the message must come again with its `spec`. */
  | { type: 'not-hosted'; turnId: number }
  | { type: 'put-away'; sessionId: number; epoch: number }
  | { type: 'connected'; requestId: number; answer: string }
  /** Without a `code` the worker does not carry this call any more: the offer must come again with its `call`. */
  | { type: 'connect-failed'; requestId: number; code?: ErrorCode; text?: string; retryAfterSeconds?: number | undefined }
  | { type: 'call'; sessionId: number; epoch: number; event: CallEvent }
  | { type: 'hung-up'; sessionId: number; epoch: number }
  /**
   * How punctual its sound is: the 95th percentile of the lateness of the last seconds' frames, in ms; and whether it could carry one more
   * face.
   */
  | { type: 'load'; calls: number; latenessMs: number; faceRoom: boolean }
  /** One failed call of a language model in a written conversation; those of calls are told as their events. */
  | { type: 'provider-failed'; sessionId: number; provider: string; kind: string };
