import {
  type AgentLine,
  type Connection,
  heardCharacters,
  type Line,
  type Picture,
  type Stage,
  type StageName,
} from '@visavis/client/live';
import { createLastPicture } from './last-picture.ts';

const LOOKS: Record<Connection, string> = {
  idle: 'Not in a call',
  connecting: 'Connecting …',
  connected: 'Connected',
  reconnecting: 'Connection lost, reconnecting …',
  ended: 'Ended',
};

/** The elements of the page, as `page.ts` writes them. */
export const element = {
  body: document.body,
  title: byId('title'),
  state: byId('state'),
  activity: byId('activity'),
  gate: byId('gate'),
  gateText: byId('gate-text'),
  signIn: byId<HTMLFormElement>('sign-in'),
  email: byId<HTMLInputElement>('email'),
  password: byId<HTMLInputElement>('password'),
  signInWrong: byId('sign-in-wrong'),
  room: byId('room'),
  notice: byId('notice'),
  noticeText: byId('notice-text'),
  noticeClose: byId<HTMLButtonElement>('notice-close'),
  log: byId('log'),
  empty: byId('empty'),
  lines: byId('lines'),
  announcer: byId('announcer'),
  call: byId<HTMLButtonElement>('call'),
  callLabel: byId('call-label'),
  mute: byId<HTMLButtonElement>('mute'),
  muteLabel: byId('mute-label'),
  stop: byId<HTMLButtonElement>('stop'),
  level: byId('level'),
  levelBar: byId('level-bar'),
  orb: byId('orb'),
  write: byId<HTMLFormElement>('write'),
  text: byId<HTMLTextAreaElement>('text'),
  send: byId<HTMLButtonElement>('send'),
  listen: byId<HTMLButtonElement>('listen'),
  faceToFace: byId<HTMLButtonElement>('face-to-face'),
  stage: byId('stage'),
  screen: byId<HTMLVideoElement>('screen'),
  drawn: byId<HTMLCanvasElement>('drawn'),
  initial: byId('initial'),
  still: byId<HTMLCanvasElement>('still'),
  faceNote: byId('face-note'),
  stages: byId('stages'),
  stagesEmpty: byId('stages-empty'),
  total: byId('total'),
  audio: byId<HTMLAudioElement>('audio'),
};

function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found as T;
}

/** `reason` is why a call or conversation is over, in words. */
export function showLook(look: Connection, reason?: string): void {
  element.body.dataset.look = look;
  element.state.textContent = reason ?? LOOKS[look];
  const inCall = look === 'connecting' || look === 'connected' || look === 'reconnecting';
  element.callLabel.textContent = inCall ? 'End' : 'Start';
  element.mute.disabled = !inCall;
  element.stop.disabled = look !== 'connected' || element.body.dataset.activity !== 'speaking';
  if (look !== 'connected') showActivity(undefined);
  fillNote();
}

const ACTIVITIES = { listening: 'Listening', thinking: 'Thinking …', speaking: 'Speaking' };

export function showActivity(activity: keyof typeof ACTIVITIES | undefined): void {
  element.body.dataset.activity = activity ?? '';
  element.activity.textContent = activity ? ACTIVITIES[activity] : '';
  element.stop.disabled = activity !== 'speaking';
}

export function showMuted(muted: boolean): void {
  element.mute.setAttribute('aria-pressed', String(muted));
  element.muteLabel.textContent = muted ? 'Unmute' : 'Mute';
  element.body.dataset.muted = String(muted);
}

/** Whether the agent is to be seen. */
export function showFaceWish(seen: boolean): void {
  element.faceToFace.setAttribute('aria-pressed', String(seen));
}

/** The place where the agent is seen: in the server's pictures or in those of this page. */
export function showPicture(from: Picture['from']): void {
  const shown = from !== 'none';
  element.stage.hidden = !shown;
  element.drawn.hidden = from !== 'page';
  element.screen.hidden = from === 'page';
  if (shown) lastPicture.watch();
  else lastPicture.stop();
  fillNote();
}

let ownNote: string | undefined;
/** Whether pictures of the server come at this moment. */
let isLive = false;
const lastPicture = createLastPicture({
  screen: element.screen,
  still: element.still,
  speaking: () => element.body.dataset.activity === 'speaking',
  onLive(live) {
    isLive = live;
    fillNote();
  },
});

/** Where no picture comes, what is seen instead is told from one that lives: in looks, and in words. */
function fillNote(): void {
  const drawnHere = element.screen.hidden;
  element.stage.dataset.live = String(isLive || drawnHere);
  const waits = element.stage.hidden || drawnHere || isLive ? '' : WAITING[element.body.dataset.look ?? ''];
  const text = ownNote ?? waits ?? '';
  if (element.faceNote.textContent !== text) element.faceNote.textContent = text;
}

const WAITING: Record<string, string> = {
  connecting: 'Connecting …',
  connected: 'Waiting for the picture …',
  reconnecting: 'The connection was lost; the picture comes back with it.',
};

/** How the picture falls short; undefined: it does not. */
export function showFaceNote(text: string | undefined): void {
  ownNote = text;
  fillNote();
}

export function showAgent(name: string | undefined, language: string | undefined): void {
  element.title.textContent = name === undefined ? 'Talk with an agent' : `Talk with ${name}`;
  document.title = `${element.title.textContent} – Visavis`;
  element.initial.textContent = [...(name?.trim() ?? '')][0]?.toUpperCase() ?? '';
  if (language !== undefined) element.lines.lang = language;
}

/** A problem, or something that the agent's side wants to be known; undefined clears it. */
export function showNotice(text: string | undefined): void {
  element.notice.hidden = text === undefined;
  element.noticeText.textContent = text ?? '';
}

/** Said to screen readers once: a whole reply, never single words. */
export function announce(text: string, language: string): void {
  const line = document.createElement('p');
  line.lang = language;
  line.textContent = text;
  element.announcer.append(line);
  while (element.announcer.childElementCount > 3) element.announcer.firstElementChild?.remove();
}

/** Shows a level of 0 to 1. */
export function showLevels(microphone: number, agent: number): void {
  element.levelBar.style.transform = `scaleX(${microphone.toFixed(3)})`;
  element.orb.style.setProperty('--level', Math.min(1, agent * 6).toFixed(3));
}

/** Whether the newest line is kept in sight: until somebody reads further up. */
let following = true;
element.log.addEventListener('scroll', () => {
  following = element.log.scrollHeight - element.log.scrollTop - element.log.clientHeight < 60;
});

/** Brings the lines up to date; only what has changed is touched, and reading further up is not disturbed. */
export function showLines(lines: readonly Line[], heardMs: (replyId: string) => number): void {
  element.empty.hidden = lines.length > 0;
  const known = new Map([...element.lines.children].map((item) => [(item as HTMLElement).dataset.key, item as HTMLElement]));
  const items = lines.map((line) => {
    const item = known.get(line.key) ?? newItem(line);
    fill(item, line, heardMs);
    return item;
  });
  for (const [index, item] of items.entries()) {
    if (element.lines.children[index] !== item) element.lines.insertBefore(item, element.lines.children[index] ?? null);
  }
  while (element.lines.childElementCount > items.length) element.lines.lastElementChild?.remove();
  if (following) element.log.scrollTop = element.log.scrollHeight;
}

function newItem(line: Line): HTMLElement {
  const item = document.createElement('li');
  item.dataset.key = line.key;
  item.className = line.kind;
  const who = document.createElement('span');
  who.className = 'visually-hidden';
  who.lang = 'en';
  who.textContent = line.kind === 'user' ? 'You: ' : 'Agent: ';
  const text = document.createElement('p');
  text.append(document.createElement('span'), document.createElement('span'));
  item.append(who, text);
  return item;
}

function fill(item: HTMLElement, line: Line, heardMs: (replyId: string) => number): void {
  const [sure, unsure] = item.querySelectorAll<HTMLElement>('p > span');
  if (!sure || !unsure) return;
  const at = line.kind === 'user' ? (line.final ? line.text.length : 0) : heardCharacters(line, heardOf(line, heardMs));
  setText(sure, line.text.slice(0, at));
  setText(unsure, line.text.slice(at));
  unsure.className = 'unsure';
  const waiting = line.kind === 'agent' && line.text === '' && !line.ended;
  item.dataset.waiting = String(waiting);
  const mark = item.querySelector('.mark');
  if (line.kind === 'agent' && line.interrupted && !mark) {
    const note = document.createElement('small');
    note.className = 'mark';
    note.lang = 'en';
    note.textContent = 'interrupted';
    item.append(note);
  }
}

function heardOf(line: AgentLine, heardMs: (replyId: string) => number): number {
  return line.replyId === undefined ? 0 : heardMs(line.replyId);
}

function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

const STAGES: Record<StageName, string> = {
  speech_end: 'End of your speech noticed',
  transcript: 'Final transcript',
  turn_end: 'Turn taken to be over',
  first_token: 'First word written',
  first_audio_made: 'First sound made',
  first_audio_sent: 'First sound sent',
  first_audio_heard: 'First sound heard',
};

/** The last turn, stage by stage. */
export function showStages(stages: readonly Stage[], totalMs: number | undefined): void {
  const longest = Math.max(1, ...stages.map(({ toMs }) => toMs));
  element.stagesEmpty.hidden = stages.length > 0;
  element.stages.replaceChildren(
    ...stages.map(({ stage, fromMs, toMs }) => {
      const row = document.createElement('li');
      const label = document.createElement('span');
      label.textContent = STAGES[stage];
      const time = document.createElement('span');
      time.className = 'time';
      time.textContent = `${Math.round(toMs)} ms`;
      const track = document.createElement('span');
      track.className = 'track';
      const bar = document.createElement('span');
      bar.style.marginInlineStart = `${(100 * fromMs) / longest}%`;
      bar.style.width = `${(100 * Math.max(0, toMs - fromMs)) / longest}%`;
      track.append(bar);
      row.append(label, time, track);
      return row;
    }),
  );
  element.total.textContent = totalMs === undefined ? '' : `Whole reply: ${(totalMs / 1000).toFixed(1)} s`;
}
