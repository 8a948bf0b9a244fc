import type { ServerEvent } from '@visavis/protocol';
import { ApiError, readEvents } from './api.ts';
import { type Call, type CallEnd, CallRefused, type CallState, createCall } from './call.ts';
import { type Captions, NO_CAPTIONS, takeEvent, takeFailure, takeHistory, takeTyped } from './captions.ts';
import { createFaceToFace } from './face-to-face.ts';
import { type HeldSession, heldSession, holdSession } from './held-session.ts';
import { createLevelMeter, MicrophoneError, openMicrophone } from './microphone.ts';
import { endedReasonText, endText, problemText } from './texts.ts';
import { stagesOf } from './timings.ts';
import {
  announce,
  element,
  showActivity,
  showAgent,
  showLevels,
  showLines,
  showLook,
  showMuted,
  showNotice,
  showStages,
} from './view.ts';
import { createEntrance, type WantedType } from './visitor.ts';
import { replyEvents } from './written-reply.ts';

/** The call's last event is waited for so long after "End", in ms. */
const END_MS = 2_000;

/** Captions keep to the sound by this, in ms: about a third of a short word. */
const DRAW_EVERY_MS = 60;

const agentId = Number(/^\/try\/(\d+)/.exec(location.pathname)?.[1]);
const entrance = createEntrance(agentId, sessionStorage);
// Another link, pasted into the same tab.
addEventListener('hashchange', () => {
  if (!location.hash.includes('token=')) return;
  createEntrance(agentId, sessionStorage);
  session?.drop();
  location.reload();
});

let session: HeldSession | undefined;
let call: Call | undefined;
let microphone: MediaStream | undefined;
let context: AudioContext | undefined;
let captions: Captions = NO_CAPTIONS;
let drawnAt = 0;
let inRoom = false;
/** Grows with every start and end, so that what an older one still awaits counts for nothing. */
let current = 0;

const face = createFaceToFace({
  session: () => session,
  call: () => call,
  drawsItself: new URLSearchParams(location.search).get('face') === 'client',
});

/** Of two tabs with one session the newer one has it: a duplicated tab takes it over. */
const tabs = new BroadcastChannel(`visavis.try.${agentId}`);
tabs.onmessage = ({ data }: MessageEvent<{ joined: number }>) => {
  if (data.joined !== session?.id) return;
  leaveCall();
  forget();
  showLook('ended', 'This conversation goes on in another tab.');
};

async function open(): Promise<void> {
  const kept = heldSession(agentId, sessionStorage);
  if (kept && !entrance.isNewLink) return resume(kept);
  kept?.drop();
  const visitor = await entrance.find();
  if (visitor.kind === 'nobody') return showGate();
  if (visitor.kind === 'user') showAgent(visitor.agentName, visitor.language);
  showRoom();
}

/** Goes on after a reload: the same session, and the call where one was going on. */
async function resume(kept: HeldSession): Promise<void> {
  showAgent(kept.agentName, kept.language);
  showRoom();
  try {
    const found = await kept.look();
    if (found.status !== 'active') {
      kept.drop();
      return showLook('ended', endedReasonText(found.end_reason));
    }
    session = kept;
    face.remember(kept.type === 'agent_video');
    await fetchHistory();
    if (kept.calling) await start();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 404)) kept.drop();
    else session = kept;
    showNotice(problemText(error));
  }
}

function showGate(): void {
  element.gate.hidden = false;
  element.room.hidden = true;
  showAgent(undefined, undefined);
  element.state.textContent = 'Not signed in';
}

function showRoom(): void {
  inRoom = true;
  element.gate.hidden = true;
  element.room.hidden = false;
  element.faceToFace.hidden = false;
  showLook('idle');
}

/** The session of this tab as one of this type; a new one where there is none. */
async function sessionOf(type: WantedType): Promise<HeldSession> {
  if (session) {
    await session.switchTo(type);
    return session;
  }
  captions = NO_CAPTIONS;
  const started = holdSession(agentId, sessionStorage, await entrance.start(type));
  session = started;
  showAgent(started.agentName, started.language);
  if (type === 'agent_chat') await fetchHistory(); // The greeting of a chat is there at once.
  return started;
}

/** Starts the call. Without a microphone the conversation goes on in writing. */
async function start(isFresh = true): Promise<void> {
  const mine = ++current;
  if (isFresh) showNotice(undefined);
  showLook('connecting');
  context = new AudioContext();
  try {
    if (typeof RTCPeerConnection === 'undefined') throw new MicrophoneError('unsupported');
    const opened = await openMicrophone();
    if (mine !== current) return opened.getTracks().forEach((track) => void track.stop());
    microphone = opened;
    const joined = await sessionOf(face.type());
    if (mine !== current) return;
    void context.resume(); // Settles only after a tap or a key, where the page was reloaded.
    tabs.postMessage({ joined: joined.id });
    joined.setCalling(true);
    startCall(joined, opened, context);
  } catch (error) {
    if (mine !== current) return;
    leaveCall();
    showLook('idle');
    showNotice(problemText(error));
    element.text.focus();
    if (isOver(error)) forget();
    else if (session) await session.switchTo('agent_chat').catch(() => undefined);
  }
}

function startCall(joined: HeldSession, stream: MediaStream, audioContext: AudioContext): void {
  showMuted(false);
  const level = createLevelMeter(audioContext, stream);
  const started = createCall({
    connect: (sdp, how) => joined.connect(sdp, how).catch((error: unknown) => Promise.reject(refusalOf(error))),
    iceServers: joined.iceServers,
    microphone: stream,
    audio: element.audio,
    screen: element.screen,
    seen: face.seen(),
    context: audioContext,
    onEvent: hear,
    onState: (state) => {
      if (state.name === 'ended') level.close();
      onCallState(state);
    },
    onSoundBlocked: () => {
      element.listen.hidden = false;
    },
  });
  call = started;
  const frame = () => {
    if (call !== started || started.state.name === 'ended') return showLevels(0, 0);
    showLevels(level.level(), started.level());
    const plays = captions.lines.some((line) => line.kind === 'agent' && line.playing);
    if (plays && performance.now() - drawnAt >= DRAW_EVERY_MS) draw();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** What no further attempt changes ends the call; what may pass is tried again. */
function refusalOf(error: unknown): unknown {
  const lasting = error instanceof ApiError && error.status < 500 && error.status !== 429;
  const missing = error instanceof ApiError && ['no-capacity', 'no-speech-model', 'speech-model-loading'].includes(error.code);
  const first = call === undefined || call.state.name === 'connecting';
  return lasting || (missing && first) ? new CallRefused('refused', { cause: error }) : error;
}

function onCallState(state: CallState): void {
  if (state.name === 'ended') afterCall(state.end);
  else showLook(state.name);
}

/** A call that could not be had, or not be kept, leaves the conversation to go on in writing, where it is not over. */
function afterCall(end: CallEnd): void {
  const wasSeen = face.type() === 'agent_video';
  leaveCall();
  if (end.kind === 'left') return;
  if (wasSeen && end.kind === 'refused' && end.error.cause instanceof ApiError && end.error.cause.code === 'no-capacity') {
    face.fallBack();
    void start(false);
    return;
  }
  session?.setCalling(false);
  const over = end.kind === 'session-ended' || (end.kind === 'refused' && isOver(end.error.cause));
  if (over) forget();
  else {
    showNotice(endText(end));
    void session?.switchTo('agent_chat').catch(() => undefined);
  }
  showLook(over ? 'ended' : 'idle', over ? endText(end) : undefined);
}

/** Whether the answer means that the session is gone; then a new one can begin. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && ['session-ended', 'session-not-found', 'invalid-token'].includes(error.code);
}

function forget(): void {
  session?.drop();
  session = undefined;
}

/** Lets go of everything that the call holds; the session stays. */
function leaveCall(): void {
  const leaving = call;
  call = undefined;
  leaving?.leave();
  face.callEnded();
  for (const track of microphone?.getTracks() ?? []) track.stop();
  microphone = undefined;
  void context?.close().catch(() => undefined);
  context = undefined;
  element.listen.hidden = true;
  showMuted(false);
  draw();
}

async function end(): Promise<void> {
  const mine = ++current;
  const ending = session;
  if (!ending) {
    leaveCall();
    return showLook('idle');
  }
  ending.setCalling(false);
  showLook('ended', 'Ending …');
  try {
    await Promise.race([ending.end(), new Promise((resolve) => setTimeout(resolve, END_MS))]);
  } catch (error) {
    showNotice(problemText(error));
  }
  if (mine !== current || session !== ending) return;
  leaveCall();
  forget();
  showLook('ended', endedReasonText('ended-by-client'));
}

function hear(event: ServerEvent, voiced = true): void {
  if (event.type === 'session.joined') void fetchHistory().catch(() => undefined);
  if (event.type === 'session.type' && event.session_type === 'agent_chat') goOnInWriting();
  face.hear(event);
  if (event.type === 'agent.state') showActivity(event.state);
  if (event.type === 'notice') showNotice(event.text);
  if (event.type === 'reply.latency') showStages(stagesOf(event.latency_ms), event.latency_ms.total);
  if (event.type === 'reply.end') {
    showStages(stagesOf(event.latency_ms), event.latency_ms.total);
    announce(event.interrupted ? `${event.content} (interrupted)` : event.content, session?.language ?? 'en');
  }
  captions = takeEvent(captions, event, voiced);
  draw();
}

/** Somebody has turned the call into a chat, over the API. */
function goOnInWriting(): void {
  leaveCall();
  session?.setCalling(false);
  void session?.look().catch(() => undefined);
  showLook('idle');
  showNotice('The conversation goes on in writing. Press Start to talk again.');
}

async function fetchHistory(): Promise<void> {
  const of = session;
  const before = captions;
  const messages = await of?.messages();
  if (!messages || of !== session) return;
  captions = takeHistory(captions, messages, before);
  draw();
}

function draw(): void {
  drawnAt = performance.now();
  showLines(captions.lines, (replyId) => call?.heardMs(replyId) ?? 0);
}

let failed: { text: string; key: string } | undefined;

/** Sends what was typed: in a call the agent answers by voice, else in writing. */
async function write(text: string): Promise<void> {
  // What failed and is sent again unchanged is the same message.
  const key = failed?.text === text ? failed.key : `${Date.now()}-${Math.random()}`;
  let typed: string | undefined;
  try {
    const inCall = call !== undefined;
    const to = inCall && session ? session : await sessionOf('agent_chat');
    captions = takeTyped(captions, text);
    typed = captions.lines.at(-1)?.key;
    draw();
    const answer = await to.send(text, key);
    // In a call the reply comes over the call's own channel, and only errors count here.
    const replyId = `written-${key}`;
    for await (const written of readEvents(answer))
      for (const event of replyEvents(written, replyId)) if (!inCall) hear(event, false);
  } catch (error) {
    failed = { text, key };
    captions = takeFailure(captions, typed);
    draw();
    if (element.text.value === '') element.text.value = text;
    showNotice(problemText(error));
    if (!isOver(error)) return;
    forget();
    showLook('ended', problemText(error));
  }
}

element.call.addEventListener('click', () => {
  const inCall = ['connecting', 'connected', 'reconnecting'].includes(element.body.dataset.look ?? '');
  void (inCall ? end() : start());
});
element.mute.addEventListener('click', () => {
  const [track] = microphone?.getAudioTracks() ?? [];
  if (!track) return;
  track.enabled = !track.enabled;
  showMuted(!track.enabled);
});
element.faceToFace.addEventListener('click', () => void face.toggle());
element.stop.addEventListener('click', () => call?.interrupt());
element.listen.addEventListener('click', () => {
  element.listen.hidden = true;
  element.call.focus();
  void context?.resume();
  void element.audio.play();
});
element.noticeClose.addEventListener('click', () => {
  showNotice(undefined);
  element.text.focus();
});
element.write.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = element.text.value.trim();
  if (text === '') return;
  element.text.value = '';
  showNotice(undefined);
  void write(text);
});
element.text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element.write.requestSubmit();
});
element.signIn.addEventListener('submit', (event) => {
  event.preventDefault();
  element.signInWrong.textContent = '';
  entrance
    .signIn(element.email.value.trim(), element.password.value)
    .then(async () => {
      element.password.value = '';
      await open();
      if (inRoom) element.call.focus();
    })
    .catch((error: unknown) => {
      element.signInWrong.textContent = problemText(error);
      element.password.focus();
    });
});
// Where the page was reloaded in a call, sound may have to wait for the first tap or key.
addEventListener('pointerdown', () => void context?.resume());
addEventListener('keydown', () => void context?.resume());

open().catch((error: unknown) => {
  showRoom();
  showNotice(problemText(error));
});
