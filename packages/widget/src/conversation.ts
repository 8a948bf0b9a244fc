import type { ApiError, Client } from '@visavis/client';
import {
  connectLive,
  type Keeping,
  keptSession,
  type LiveEnd,
  type LiveMedia,
  type LiveMode,
  type LiveState,
  leaveKeptCall,
  type Told,
} from '@visavis/client/live';
import type { Embed } from './embed.ts';
import { startFaceWorker } from './face-worker.ts';
import { takeForThisTab } from './own-tab.ts';
import { endedText, isEmbedRefusal, noteText, refusalText, toldText } from './problems.ts';
import type { Widget as WidgetInfo } from './settings.ts';
import { isPlaying, shownLines } from './shown-lines.ts';
import { hasSilentSwitch } from './silent-switch.ts';
import type { Texts } from './texts/index.ts';
import { type CallPhase, type Devices, type Mode, NO_DEVICES, type Notice, type ViewState } from './view/state.ts';

/** The part of what is shown that the conversation decides. */
export type ConversationState = Pick<
  ViewState,
  | 'begun'
  | 'call'
  | 'face'
  | 'faceNote'
  | 'activity'
  | 'muted'
  | 'soundBlocked'
  | 'lines'
  | 'spokenLanguage'
  | 'notice'
  | 'over'
  | 'refused'
  | 'askingConsent'
  | 'devices'
>;

/** What the page is told, as events of the element. */
export type ConversationEvent =
  | { name: 'session'; detail: { sessionId: number; mode: Mode; resumed: boolean } }
  | { name: 'message'; detail: { role: 'user' | 'assistant'; text: string; source: 'text' | 'speech'; interrupted: boolean } }
  | { name: 'end'; detail: { sessionId: number | undefined; reason: string } }
  | { name: 'error'; detail: { code: string; message: string } };

export interface ConversationOptions {
  client: Client;
  embed: Embed;
  info: WidgetInfo;
  keep: Keeping;
  media: LiveMedia;
  texts: () => Texts;
  modes: () => readonly Mode[];
  changed: () => void;
  happened: (event: ConversationEvent) => void;
  /** What was written could not be sent. */
  giveBack: (text: string) => void;
  /** A written reply is whole. */
  announce: (text: string) => void;
}

/** One visitor's conversation with the agent of an embed, one session after the other. */
export interface Conversation {
  readonly state: ConversationState;
  /** Its lines change with what is heard. */
  readonly playing: boolean;
  send(text: string): void;
  talk(): void;
  toggleFace(): void;
  hangUp(): void;
  toggleMute(): void;
  interrupt(): void;
  end(): void;
  restart(): void;
  agree(): void;
  decline(): void;
  listen(): void;
  dismissNotice(): void;
  chooseMicrophone(id: string): void;
  chooseLoudspeaker(id: string): void;
  /** Loudness, 0 to 1. */
  levels(): { agent: number; user: number };
  /** Leaves the call; the session goes on for whoever comes back to it. */
  dispose(): void;
}

export async function createConversation(options: ConversationOptions): Promise<Conversation> {
  const { client, embed, info, keep, texts, modes, happened } = options;
  const kept = keptSession(keep);
  let release = kept && (await takeForThisTab(kept.id));
  if (kept && !release) keep.store.removeItem(keep.key);
  // A reload goes on with a call by itself only where the browser does not have to ask for the microphone again.
  const mayResume = !kept?.calling || (await isMicrophoneAllowed());
  if (kept && release && !mayResume) leaveKeptCall(keep);

  const live = connectLive({
    client,
    session: (type) => embed.start(type),
    keep,
    media: options.media,
    startFaceWorker: () => startFaceWorker(client.http.baseUrl),
  });
  // The server would wait for the call, and end the session when nobody comes back to it.
  if (release && !mayResume && modes().includes('chat')) void live.opened.then(() => live.setMode('chat'));
  let before: LiveState = live.state;
  let resumedId = release ? kept?.id : undefined;
  let agreed = !info.recorded;
  let asked: LiveMode | undefined;
  /** What the embed has refused, and whether the conversation was going on by then. */
  let refusal: { error: ApiError; begun: boolean } | undefined;
  /** Before the first word of another conversation, the one before it is put away. */
  let fresh = false;
  let hint: Notice | undefined = release && !mayResume ? talkPaused() : undefined;
  let devices: Devices = NO_DEVICES;
  let disposed = false;

  const changed = () => {
    if (!disposed) options.changed();
  };
  const begin = (mode: LiveMode) => {
    if (!agreed) {
      asked = mode;
      return changed();
    }
    void live.setMode(mode);
  };

  live.on('state', (state) => {
    const was = before;
    before = state;
    if (state.sessionId !== undefined && state.sessionId !== was.sessionId) {
      fresh = false;
      hold(state.sessionId);
    }
    if (was.ending && !state.ending) fresh = false;
    if (state.connection !== was.connection) onConnection(state);
    changed();
  });
  live.on('devices', () => void findDevices());
  live.on('ended', (ending) => {
    release?.();
    release = undefined;
    happened({ name: 'end', detail: { sessionId: live.state.sessionId, reason: reasonOf(ending) } });
  });
  live.on('reply', ({ content, interrupted }) => {
    // In a call the agent says it aloud: a screen reader would talk at the same time.
    if (live.state.mode === 'chat') options.announce(interrupted ? `${content} (${texts().interrupted})` : content);
  });
  live.on('event', (event) => {
    // The reply that was waited for comes.
    if (event.type === 'reply.delta' && live.state.problem?.code === 'slow-provider') live.dismissProblem();
    if (event.type !== 'message') return;
    const { role, content: text, source, interrupted } = event.message;
    // What was typed was told of when it was sent.
    if (role === 'assistant' || (role === 'user' && source === 'speech'))
      happened({ name: 'message', detail: { role, text, source, interrupted } });
  });
  live.on('problem', (problem) => {
    const { error } = problem;
    const begun = live.state.sessionId !== undefined;
    const isRefusal = isEmbedRefusal(error, begun);
    if (isRefusal) refusal = { error, begun };
    // Others are notices for the person.
    if (error === undefined) return;
    happened({ name: 'error', detail: { code: problem.code, message: isRefusal ? error.message : problem.text } });
    changed();
  });

  function hold(sessionId: number): void {
    const resumed = sessionId === resumedId;
    resumedId = undefined;
    if (!resumed) {
      release?.();
      release = undefined;
      void takeForThisTab(sessionId).then((let_go) => {
        if (disposed || live.state.sessionId !== sessionId) let_go?.();
        else release = let_go;
      });
    }
    const tell = () => happened({ name: 'session', detail: { sessionId, mode: live.state.mode, resumed } });
    if (resumed) void live.opened.then(tell);
    else tell();
  }

  function talkPaused(): Notice {
    const mode = kept?.type === 'agent_video' ? 'video' : 'voice';
    return { text: texts().talkPaused, action: { label: texts().resumeCall, run: () => begin(mode) } };
  }

  function onConnection({ connection }: LiveState): void {
    if (connection === 'connected') {
      void findDevices();
      hint = hasSilentSwitch(navigator.userAgent) ? { text: texts().silentSwitch } : undefined;
    } else hint = undefined;
  }

  async function findDevices(): Promise<void> {
    const found = await live.devices();
    devices = { ...devices, microphones: found.microphones, loudspeakers: found.speakers };
    changed();
  }

  const refused = () => refusal && refusalText(refusal.error, texts(), refusal.begun);
  const notice = ({ problem, ending }: LiveState): Notice | undefined => {
    // A call that is going on is not taken away.
    if (refusal) return callOf(live.state) === 'none' ? undefined : { text: refused() ?? '' };
    // Said below the conversation already.
    if (problem && ending?.kind === 'refused' && ending.code === problem.code && !fresh) return undefined;
    return problem ? { text: toldText(problem, texts(), modes().includes('chat')) } : hint;
  };

  return {
    get state() {
      const state = live.state;
      return {
        begun: !fresh && state.captions.lines.length + (state.sessionId ?? 0) > 0,
        call: callOf(state),
        face: ({ none: 'not', server: 'video', page: 'drawn' } as const)[state.picture.from],
        faceNote: state.picture.note && noteText(state.picture.note, texts()),
        activity: state.activity,
        muted: state.muted,
        soundBlocked: state.soundBlocked,
        lines: fresh ? [] : shownLines(state.captions, live.heardMs),
        spokenLanguage: state.language ?? info.language,
        notice: notice(state),
        over: !fresh && state.ending ? overText(state.ending, texts()) : undefined,
        refused: callOf(state) === 'none' ? refused() : undefined,
        askingConsent: asked !== undefined,
        devices,
      };
    },
    get playing() {
      return isPlaying(live.state.captions);
    },
    send(text) {
      happened({ name: 'message', detail: { role: 'user', text, source: 'text', interrupted: false } });
      void live.send(text).then((taken) => {
        if (!taken && !disposed) options.giveBack(text);
      });
    },
    talk: () => begin('voice'),
    toggleFace() {
      if (callOf(live.state) === 'none') return begin('video');
      void live.setMode(live.state.mode === 'video' ? 'voice' : 'video');
    },
    hangUp() {
      if (modes().includes('chat')) void live.setMode('chat');
      else void live.end();
    },
    toggleMute: () => live.setMuted(!live.state.muted),
    interrupt: () => live.interrupt(),
    end: () => void live.end(),
    restart() {
      refusal = undefined;
      fresh = true;
      live.dismissProblem();
      changed();
    },
    agree() {
      agreed = true;
      const mode = asked;
      asked = undefined;
      if (mode) void live.setMode(mode);
      changed();
    },
    decline() {
      asked = undefined;
      changed();
    },
    listen: () => live.resumeAudio(),
    dismissNotice() {
      hint = undefined;
      live.dismissProblem();
      changed();
    },
    chooseMicrophone(id) {
      devices = { ...devices, microphoneId: id };
      void live.chooseMicrophone(id);
      changed();
    },
    chooseLoudspeaker(id) {
      devices = { ...devices, loudspeakerId: id };
      void live.chooseSpeaker(id);
      changed();
    },
    levels() {
      const { agent, microphone } = live.levels();
      return { agent, user: microphone };
    },
    dispose() {
      disposed = true;
      live.close();
      release?.();
    },
  };
}

function callOf({ connection }: LiveState): CallPhase {
  return connection === 'idle' || connection === 'ended' ? 'none' : connection;
}

async function isMicrophoneAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' as PermissionName })).state === 'granted';
  } catch {
    return false; // Not every browser tells.
  }
}

function reasonOf(ending: LiveEnd): string {
  if (ending.kind === 'ended') return ending.reason ?? 'unknown';
  return ending.kind === 'refused' ? ending.code : ending.kind;
}

function overText(ending: LiveEnd, texts: Texts): string {
  if (ending.kind === 'elsewhere') return texts.elsewhere;
  if (ending.kind === 'ended') return endedText(ending.reason, texts);
  return toldText(ending as Told, texts, false);
}
