import type { ServerEvent } from '@visavis/protocol';
import type { SessionType } from '../sessions/session.ts';
import type { DrivenSpec, DrivenVoiceSpec } from './driven-conversation.ts';
import type { ClientFaceSpec, FaceSpec } from './face.ts';
import type { IceServer } from './transport.ts';
import type { VoiceConversationSpec } from './voice-spec.ts';

/** Everything a worker needs to carry the call of a session: a conversation, or a face that the client's program drives. */
export type CallSpec = CallSettings & ({ conversation: VoiceConversationSpec } | { driven: DrivenSpec });

export interface CallSettings {
  /** Somebody has been in this session before. */
  resumed: boolean;
  /** Where it is recorded, if it is: the name of the file in the folder of recordings. */
  recordIn: string | undefined;
  iceServers: IceServer[];
}

/** As what a client joins a call. */
export interface JoinTerms {
  sessionType: SessionType;
  /** What is shown of the agent, where it is shown. */
  face: FaceSpec | undefined;
  /** What the client draws itself, instead. */
  clientFace?: ClientFaceSpec;
  /** Who says texts in a driven session. */
  voice?: DrivenVoiceSpec;
}

/** What a call is hosted with, to be built only where it has to be. */
export interface CallHosting {
  /** The session's epoch after it was claimed for this call. */
  epoch: number;
  call: CallSpec;
}

export interface ConnectRequest {
  sessionId: number;
  /** The client's session description. */
  offer: string;
  terms: JoinTerms;
  /** Claims the session and loads its history; called where no worker carries its call. */
  host: () => Promise<CallHosting>;
}

/** The WebSocket of a client as its request came in: nothing has been answered yet. */
export interface UpgradeRequest {
  headers: Readonly<Record<string, string>>;
  /** What came after the request. */
  head: Uint8Array;
  /** The connection itself, which only whoever made it knows how to use. */
  socket: object;
}

export interface DriveRequest extends Omit<ConnectRequest, 'offer'> {
  upgrade: UpgradeRequest;
}

/** Where the calls of live sessions are: the workers. */
export interface CallHost {
  /**
   * Answers an offer by the worker that carries the session's call; one begins it where none does.
   * @throws AppError `offer-invalid`, `no-capacity`, `worker-lost`
   */
  connect(request: ConnectRequest): Promise<string>;
  /**
   * Hands a client's WebSocket to the worker that carries the session's call, which answers it; one begins it where none does.
   * @throws AppError `no-capacity`, `worker-lost`: the socket is still here
   */
  drive(request: DriveRequest): Promise<void>;
  /** Says something to the client of a call, if there is one. */
  tell(sessionId: number, event: ServerEvent): void;
  /** Stops the agent speaking; false where there is no call. */
  interrupt(sessionId: number): boolean;
  /** Ends the call of a session, if it has one: what was said comes as events before it resolves, within 2 s. */
  hangUp(sessionId: number, farewell: ServerEvent | undefined): Promise<void>;
  /** Whether the worker that carries the session's call has no room for its face, and another one has. */
  isSeenBetterElsewhere(sessionId: number): boolean;
  /** Whether the session is in a call. */
  inCall(sessionId: number): boolean;
  /** Live calls. */
  calls(): number[];
}
