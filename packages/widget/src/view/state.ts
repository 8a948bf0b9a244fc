import type { Texts } from '../texts/index.ts';

export type Mode = 'chat' | 'voice' | 'video';

/** A line of the conversation as it is shown. */
export interface ShownLine {
  key: string;
  kind: 'user' | 'agent';
  text: string;
  /** So many characters are sure: said and understood, or heard; the others are dimmed. */
  sure: number;
  interrupted: boolean;
  /** Nothing of it is there yet. */
  waiting: boolean;
}

export interface Notice {
  text: string;
  /** What can be done about it. */
  action?: { label: string; run: () => void } | undefined;
}

export interface Device {
  id: string;
  label: string;
}

export interface Devices {
  microphones: readonly Device[];
  /** Empty where the browser lets nobody choose. */
  loudspeakers: readonly Device[];
  microphoneId: string | undefined;
  loudspeakerId: string | undefined;
}

export type CallPhase = 'none' | 'connecting' | 'connected' | 'reconnecting';

/** Everything that the widget shows. */
export interface ViewState {
  /** In a corner, behind a button; else it stands where the element stands. */
  floating: boolean;
  /** The launcher's text; without one it is round. */
  label: string | undefined;
  open: boolean;
  /** What the server tells of the agent is not there yet. */
  loading: boolean;
  title: string;
  /** The agent's name in sentences. */
  agent: string;
  pictureUrl: string | undefined;
  /** Said beside the launcher. */
  teaser: string | undefined;
  /** What may be started or switched to. */
  modes: readonly Mode[];
  /** There is a conversation, or was one. */
  begun: boolean;
  call: CallPhase;
  /** A face is wanted in the call, and how it is shown. */
  face: 'not' | 'video' | 'drawn';
  faceNote: string | undefined;
  activity: 'listening' | 'thinking' | 'speaking' | undefined;
  muted: boolean;
  soundBlocked: boolean;
  lines: readonly ShownLine[];
  /** The language that the agent speaks. */
  spokenLanguage: string | undefined;
  notice: Notice | undefined;
  /** Why the conversation is over. */
  over: string | undefined;
  /** Why there can be none: the server's words. */
  refused: string | undefined;
  askingConsent: boolean;
  devices: Devices;
  /** Something came while the panel was closed. */
  unread: boolean;
}

export const NO_DEVICES: Devices = { microphones: [], loudspeakers: [], microphoneId: undefined, loudspeakerId: undefined };

export const FIRST_STATE: ViewState = {
  floating: true,
  label: undefined,
  open: false,
  loading: true,
  title: '',
  agent: '',
  pictureUrl: undefined,
  teaser: undefined,
  modes: [],
  begun: false,
  call: 'none',
  face: 'not',
  faceNote: undefined,
  activity: undefined,
  muted: false,
  soundBlocked: false,
  lines: [],
  spokenLanguage: undefined,
  notice: undefined,
  over: undefined,
  refused: undefined,
  askingConsent: false,
  devices: NO_DEVICES,
  unread: false,
};

/** What the person in front of it can do. */
export interface Actions {
  open(): void;
  close(): void;
  dismissTeaser(): void;
  send(text: string): void;
  talk(): void;
  /** Into a call with a face, or the face of a call on and off. */
  toggleFace(): void;
  hangUp(): void;
  toggleMute(): void;
  interrupt(): void;
  end(): void;
  restart(): void;
  retry(): void;
  agree(): void;
  decline(): void;
  listen(): void;
  dismissNotice(): void;
  chooseMicrophone(id: string): void;
  chooseLoudspeaker(id: string): void;
}

/** A part of the view: made once, brought up to date again and again. */
export interface Part {
  element: HTMLElement;
  render(state: ViewState, texts: Texts): void;
}

export function inCall(state: ViewState): boolean {
  return state.call !== 'none';
}

/** The line under the title. */
export function statusOf(state: ViewState, texts: Texts): string {
  if (state.loading) return texts.loading;
  if (state.call === 'connecting') return texts.connecting;
  if (state.call === 'reconnecting') return texts.reconnecting;
  if (state.call === 'connected') {
    if (state.muted && state.activity !== 'speaking') return texts.muted;
    return texts[state.activity ?? 'listening'];
  }
  if (state.over !== undefined) return texts.ended;
  return '';
}
