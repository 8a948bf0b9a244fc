import type { ServerEvent } from '@visavis/protocol';
import { ApiError } from '../rest/errors.ts';
import { randomKey } from '../rest/http.ts';
import type { SessionTypeName } from '../rest/types.ts';
import { type Call, type CallEnd, type CallState, createCall } from './call.ts';
import { NO_CAPTIONS, takeEvent, takeFailure, takeHistory, takeTyped } from './captions.ts';
import { createEmitter } from './emitter.ts';
import { type HeldSession, heldSession, holdSession } from './held-session.ts';
import { createListening } from './listening.ts';
import type { LiveOptions, LiveSession } from './live-interface.ts';
import { createMedia, listDevices, showPictures } from './media.ts';
import type { Seen } from './peer-link.ts';
import { isFull, isOver, refusalOf, refused } from './refusals.ts';
import { createSeeing } from './seeing.ts';
import { FIRST_STATE, type LiveEnd, type LiveEvents, type LiveMode, type LiveState, type Told } from './state.ts';
import { watchTabs } from './tabs.ts';
import { endedText, problemOf, told } from './texts.ts';
import { eventsOfWritten } from './written-reply.ts';

/** The call's last event is waited for so long after `end`, in ms. */
const END_MS = 2_000;

export function connectLive(options: LiveOptions): LiveSession {
  const { client, keep } = options;
  const atFirst: Seen = options.face === 'page' ? 'drawn' : 'video';
  const emitter = createEmitter<LiveEvents>();
  const media = createMedia(options.media);
  const closing = new AbortController();
  let state = FIRST_STATE;
  let session: HeldSession | undefined;
  let given = typeof options.session === 'function' ? undefined : options.session;
  let call: Call | undefined;
  let context: AudioContext | undefined;
  /** Grows with every start and end, so that what an older one still awaits counts for nothing. */
  let current = 0;
  let failed: { text: string; key: string } | undefined;

  const set = (change: Partial<LiveState>) => {
    const names = Object.keys(change) as Array<keyof LiveState>;
    if (closing.signal.aborted || names.every((name) => state[name] === change[name])) return;
    state = { ...state, ...change };
    emitter.emit('state', state);
  };
  const tell = (problem: Told) => {
    set({ problem });
    emitter.emit('problem', problem);
  };
  const listening = createListening(() => void reopenMicrophone());
  const seeing = createSeeing({
    canvas: () => media.canvas,
    baseUrl: client.http.baseUrl,
    startWorker: options.startFaceWorker,
    heardMs: (replyId) => call?.heardMs(replyId) ?? 0,
    show: (picture) => set({ picture }),
  });
  const tabs = watchTabs(keep?.key, (taken) => {
    if (taken !== session?.id) return;
    leaveCall();
    over({ kind: 'elsewhere', text: told('elsewhere').text });
  });

  /** The one who talks in this session from now on is this tab. */
  const hold = (held: HeldSession) => {
    session = held;
    set({ sessionId: held.id, agentName: held.agentName, language: held.language });
  };
  const over = (ending: LiveEnd) => {
    session?.close({ forget: true });
    session = undefined;
    set({ connection: 'ended', mode: 'chat', activity: undefined, userSpeaking: false, replying: false, ending });
    emitter.emit('ended', ending);
  };

  /** The session as one of this type; a new one where there is none. */
  const sessionOf = async (type: SessionTypeName): Promise<HeldSession> => {
    if (session) {
      await session.switchTo(type);
      return session;
    }
    set({ captions: NO_CAPTIONS, ending: undefined, ...(state.connection === 'ended' && { connection: 'idle' }) });
    const started = given ?? (typeof options.session === 'function' ? await options.session(type) : undefined);
    if (!started) throw new ApiError(409, 'session-ended', 'The session has ended');
    given = undefined;
    const held = holdSession(client, started, keep);
    hold(held);
    await held.switchTo(type);
    if (type === 'agent_chat') await fetchHistory(); // The greeting of a chat is there at once.
    return held;
  };

  const fetchHistory = async () => {
    const of = session;
    const before = state.captions;
    const messages = await of?.messages();
    if (messages && of === session) set({ captions: takeHistory(state.captions, messages, before) });
  };

  /** Starts the call. Without a microphone the conversation goes on in writing. */
  const start = async () => {
    const mine = ++current;
    set({ connection: 'connecting', ending: undefined });
    // Made at once, while the tap or key counts.
    context = new AudioContext();
    const itsContext = context;
    try {
      await listening.open(itsContext);
      if (mine !== current) return;
      const joined = await sessionOf(typeOf(seeing.seen));
      if (mine !== current) return;
      void itsContext.resume(); // Settles only after a tap or a key, where the page was reloaded.
      tabs.take(joined.id);
      joined.setCalling(true);
      startCall(joined, itsContext);
    } catch (error) {
      if (mine !== current) return;
      leaveCall();
      if (isOver(error)) return over(refused(error));
      set({ connection: 'idle', mode: 'chat' });
      tell(problemOf(error));
      if (session) await session.switchTo('agent_chat').catch(() => undefined);
    }
  };

  const startCall = (joined: HeldSession, itsContext: AudioContext) => {
    const started: Call = createCall({
      connect: (sdp, how) => joined.connect(sdp, how).catch((error: unknown) => Promise.reject(refusalOf(error, call))),
      iceServers: joined.iceServers,
      microphone: listening.stream,
      audio: media.audio,
      show: (pictures) => showPictures(media.video, pictures),
      seen: seeing.seen,
      context: itsContext,
      onEvent: (event) => hear(event),
      onState: onCallState,
      onSoundBlocked: () => set({ soundBlocked: true }),
    });
    call = started;
  };

  const onCallState = (next: CallState) => {
    if (next.name === 'ended') return afterCall(next.end);
    set({ connection: next.name, ...(next.name !== 'connected' && { activity: undefined, userSpeaking: false }) });
  };

  /** A call that could not be had, or not be kept, leaves the conversation to go on in writing, where it is not over. */
  const afterCall = (end: CallEnd) => {
    const { seen } = seeing;
    leaveCall();
    if (end.kind === 'left') return;
    if (end.kind === 'refused' && seen !== 'not' && isFull(end.error.cause)) {
      fallBack(seen);
      void start();
      return;
    }
    session?.setCalling(false);
    if (end.kind === 'session-ended') return over({ kind: 'ended', reason: end.reason, text: endedText(end.reason) });
    if (end.kind === 'refused' && isOver(end.error.cause)) return over(refused(end.error.cause));
    set({ connection: 'idle', mode: 'chat' });
    tell(end.kind === 'refused' ? problemOf(end.error.cause) : told('call-lost'));
    void session?.switchTo('agent_chat').catch(() => undefined);
  };

  /** The server has no room for a face: this page draws it, and where that was refused as well the call is had by voice. */
  const fallBack = (seen: Seen) => {
    if (seen === 'video') return seeing.want('drawn');
    seeing.want('not');
    set({ mode: 'voice' });
    tell(told('no-room-for-face'));
  };

  /** Lets go of everything that the call holds; the session stays. */
  const leaveCall = () => {
    const leaving = call;
    call = undefined;
    leaving?.leave();
    seeing.rest();
    listening.close();
    void context?.close().catch(() => undefined);
    context = undefined;
    set({ soundBlocked: false, muted: false, activity: undefined, userSpeaking: false });
  };

  const reopenMicrophone = async () => {
    try {
      const opened = await listening.choose(undefined);
      if (opened) await call?.replaceMicrophone(opened);
    } catch (error) {
      tell(problemOf(error));
    }
  };

  /** The session first: it says whether the offer that follows gets a face. */
  const see = async (seen: Seen) => {
    seeing.want(seen);
    await session?.switchTo(typeOf(seen));
    await call?.see(seen);
  };
  /** Sees the agent, or no more, in the middle of a call. */
  const change = async (mode: 'voice' | 'video') => {
    set({ mode });
    try {
      if (mode === 'voice') await see('not');
      else
        await see(atFirst).catch((error: unknown) => {
          if (atFirst === 'drawn' || !isFull(error)) throw error;
          return see('drawn');
        });
    } catch (error) {
      set({ mode: 'voice' });
      tell(isFull(error) ? told('no-room-for-face') : problemOf(error));
      await see('not').catch(() => undefined);
    }
  };
  let changing: Promise<void> = Promise.resolve();

  const toChat = async () => {
    current += 1;
    leaveCall();
    seeing.want('not');
    session?.setCalling(false);
    set({ connection: session ? 'idle' : state.connection, mode: 'chat' });
    await session?.switchTo('agent_chat');
  };

  const hear = (event: ServerEvent, voiced = true) => {
    if (event.type === 'session.joined') void fetchHistory().catch(() => undefined);
    if (event.type === 'session.type' && event.session_type === 'agent_chat') {
      // Somebody has turned the call into a chat, over the API.
      leaveCall();
      session?.setCalling(false);
      void session?.look().catch(() => undefined);
      set({ connection: 'idle', mode: 'chat' });
      tell(told('went-on-in-writing'));
    }
    seeing.hear(event);
    const captions = takeEvent(state.captions, event, voiced);
    if (event.type === 'agent.state') set({ captions, activity: event.state });
    else if (event.type === 'user.speaking') set({ captions, userSpeaking: event.speaking });
    else set({ captions });
    emitter.emit('event', event);
    if (event.type === 'notice') tell({ code: event.code, text: event.text });
    if (event.type === 'reply.end' || event.type === 'reply.latency')
      emitter.emit('timings', { replyId: event.reply_id, latency: event.latency_ms });
    if (event.type === 'reply.end')
      emitter.emit('reply', { replyId: event.reply_id, content: event.content, interrupted: event.interrupted });
  };

  const write = async (text: string): Promise<boolean> => {
    // What failed and is sent again unchanged is the same message.
    const key = failed?.text === text ? failed.key : randomKey();
    let typed: string | undefined;
    const inCall = call !== undefined;
    try {
      const to = inCall && session ? session : await sessionOf('agent_chat');
      set({ captions: takeTyped(state.captions, text), replying: !inCall });
      typed = state.captions.lines.at(-1)?.key;
      // In a call the reply comes over the call's own channel, and only errors count here.
      const replyId = `written-${key}`;
      for await (const written of to.send(text, key, closing.signal))
        for (const event of eventsOfWritten(written, replyId)) if (!inCall && to === session) hear(event, false);
      failed = undefined;
      return true;
    } catch (error) {
      if (closing.signal.aborted) return false;
      failed = { text, key };
      set({ captions: takeFailure(state.captions, typed) });
      const problem = problemOf(error);
      tell(problem);
      if (isOver(error)) {
        leaveCall();
        over(refused(error));
      }
      return false;
    } finally {
      set({ replying: false });
    }
  };

  /** Goes on after a reload: the same session, and the call where one was going on. */
  const resume = async (kept: HeldSession) => {
    hold(kept);
    tabs.take(kept.id);
    try {
      const found = await kept.look();
      if (found.status !== 'active')
        return over({ kind: 'ended', reason: found.end_reason as never, text: endedText(found.end_reason) });
      await fetchHistory();
      if (!kept.calling) return;
      seeing.want(kept.type === 'agent_video' ? atFirst : 'not');
      set({ mode: kept.type === 'agent_video' ? 'video' : 'voice' });
      await start();
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 404)) {
        kept.close({ forget: true });
        session = undefined;
        set({ sessionId: undefined });
      }
      tell(problemOf(error));
    }
  };

  const setMode = async (mode: LiveMode) => {
    set({ problem: undefined });
    if (mode === 'chat') {
      await toChat().catch((error: unknown) => tell(problemOf(error)));
      if (!session && given) await sessionOf('agent_chat').catch((error: unknown) => tell(problemOf(error)));
      return;
    }
    if (call) {
      // One after the other.
      changing = changing.then(() => (call && mode !== state.mode ? change(mode) : undefined));
      return changing;
    }
    if (state.connection === 'connecting') return;
    seeing.want(mode === 'video' ? atFirst : 'not');
    set({ mode });
    await start();
  };

  /** Plays what the browser held back. */
  const playHeldBack = () => {
    void context?.resume();
    if (!state.soundBlocked) return;
    media.audio.play().then(
      () => set({ soundBlocked: false }),
      () => undefined,
    );
  };

  if (typeof document !== 'undefined') {
    const { signal } = closing;
    // Where the page was reloaded in a call, sound may have to wait for the first tap or key.
    // With a mouse the press counts, with a finger the lift.
    for (const type of ['pointerdown', 'pointerup', 'keydown']) addEventListener(type, playHeldBack, { signal });
    navigator.mediaDevices?.addEventListener('devicechange', () => emitter.emit('devices', undefined), { signal });
  }
  const kept = keep && heldSession(client, keep);
  const begin = async () => {
    if (kept) await resume(kept);
    else if (options.mode) await setMode(options.mode);
  };
  // Listeners that are added right after hear of it.
  const opened = Promise.resolve().then(begin);

  return {
    on: emitter.on,
    media,
    opened,
    get state() {
      return state;
    },
    setMode,
    async send(text) {
      const trimmed = text.trim();
      if (trimmed === '') return false;
      set({ problem: undefined });
      return write(trimmed);
    },
    interrupt() {
      if (call) call.interrupt();
      else if (state.replying) void session?.cancel().catch((error: unknown) => tell(problemOf(error)));
    },
    setMuted(muted) {
      if (!listening.stream) return;
      listening.mute(muted);
      set({ muted });
    },
    resumeAudio: playHeldBack,
    devices: listDevices,
    async chooseMicrophone(id) {
      try {
        const opened = await listening.choose(id);
        if (opened) await call?.replaceMicrophone(opened);
      } catch (error) {
        tell(problemOf(error));
      }
    },
    async chooseSpeaker(id) {
      try {
        await media.audio.setSinkId(id);
      } catch (error) {
        tell(problemOf(error));
      }
    },
    levels: () => ({ microphone: listening.level(), agent: call?.level() ?? 0 }),
    heardMs: (replyId) => call?.heardMs(replyId) ?? 0,
    dismissProblem: () => set({ problem: undefined }),
    async end() {
      const mine = ++current;
      const ending = session;
      set({ problem: undefined });
      ending?.setCalling(false);
      try {
        if (ending) await Promise.race([ending.end(), new Promise((resolve) => setTimeout(resolve, END_MS))]);
      } catch (error) {
        tell(problemOf(error));
      }
      if (mine !== current || session !== ending) return;
      leaveCall();
      if (ending) over({ kind: 'ended', reason: 'ended-by-client', text: endedText('ended-by-client') });
      else set({ connection: 'idle', mode: 'chat' });
    },
    close() {
      if (closing.signal.aborted) return;
      current += 1;
      leaveCall();
      seeing.want('not');
      session?.close({ forget: false });
      tabs.close();
      closing.abort();
    },
  };
}

const typeOf = (seen: Seen): SessionTypeName => (seen === 'not' ? 'agent_voice' : 'agent_video');
