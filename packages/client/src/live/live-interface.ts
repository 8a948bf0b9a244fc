import type { Client } from '../client.ts';
import type { SessionTypeName } from '../rest/types.ts';
import type { Emitter } from './emitter.ts';
import type { Keeping, StartedLive } from './held-session.ts';
import type { Devices, LiveMedia } from './media.ts';
import type { LiveEvents, LiveMode, LiveState } from './state.ts';

export interface LiveOptions {
  /** The server; its credentials are not used: the session has a token of its own. */
  client: Client;
  /**
   * The session to take part in, or what makes one as soon as one is needed: with `client.sessions.create` of a signed-in user, by a try
   * link, or by an embed.
   */
  session: StartedLive | ((type: SessionTypeName) => Promise<StartedLive>);
  /** Begins so at once. Sound needs a tap or a key before it: call `connectLive` there, or `setMode` later. */
  mode?: LiveMode;
  /** Keeps the session over reloads of this tab; a kept one is gone on with. */
  keep?: Keeping;
  /** Elements of the page; those that are missing are made. */
  media?: Partial<LiveMedia>;
  /** Who draws the face in `video`: the server (by default; this page takes over where it has no room), or this page. */
  face?: 'server' | 'page';
  /** Starts the thread that draws a face, where the module's own file cannot be one: on another origin, or in one file. */
  startFaceWorker?: () => Worker;
}

/**
 * A conversation with an agent, in writing, spoken, or face to face, and from one to the other without losing it. What goes wrong is told in
 * `state.problem` (and by the event `problem`), never thrown: without a microphone, or without room for a call, it goes on in writing.
 */
export interface LiveSession extends Emitter<LiveEvents> {
  readonly state: LiveState;
  readonly media: LiveMedia;
  /** Settles when a kept session was looked for and, where it was in a call, is called again. */
  readonly opened: Promise<void>;
  /** Goes on so. Call it in answer to a tap or a key, where it begins a call. */
  setMode(mode: LiveMode): Promise<void>;
  /** Says something in writing; in a call the agent answers by voice. Tells whether it was taken: else the text is for the next attempt. */
  send(text: string): Promise<boolean>;
  /** Stops the reply. */
  interrupt(): void;
  setMuted(muted: boolean): void;
  /** Plays what the browser held back; in answer to a tap or a key. */
  resumeAudio(): void;
  devices(): Promise<Devices>;
  /** Another microphone or loudspeaker, also for later calls. */
  chooseMicrophone(id: string): Promise<void>;
  chooseSpeaker(id: string): Promise<void>;
  /** Loudness at this moment, 0 to 1. */
  levels(): { microphone: number; agent: number };
  /** How much of this reply has been heard by now, in ms; see `heardCharacters`. */
  heardMs(replyId: string): number;
  dismissProblem(): void;
  /** Ends the conversation. */
  end(): Promise<void>;
  /** Lets go of everything; the session goes on, and a kept one can be joined again. */
  close(): void;
}
