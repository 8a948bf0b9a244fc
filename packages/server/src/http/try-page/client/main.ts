import { connectLive, type LiveState, problemOf, stagesOf } from '@visavis/client/live';
import {
  announce,
  element,
  showActivity,
  showAgent,
  showFaceNote,
  showFaceWish,
  showLevels,
  showLines,
  showLook,
  showMuted,
  showNotice,
  showPicture,
  showStages,
} from './view.ts';
import { createEntrance } from './visitor.ts';

/** Captions keep to the sound by this, in ms: about a third of a short word. */
const DRAW_EVERY_MS = 60;

const agentId = Number(/^\/try\/(\d+)/.exec(location.pathname)?.[1]);
const keptAs = `visavis.try.session.${agentId}`;
const entrance = createEntrance(agentId, sessionStorage);
if (entrance.isNewLink) sessionStorage.removeItem(keptAs);
// Another link, pasted into the same tab.
addEventListener('hashchange', () => {
  if (!location.hash.includes('token=')) return;
  createEntrance(agentId, sessionStorage);
  live.close();
  sessionStorage.removeItem(keptAs);
  location.reload();
});

const hasKept = sessionStorage.getItem(keptAs) !== null;
const live = connectLive({
  client: entrance.client,
  session: entrance.start,
  keep: { store: sessionStorage, key: keptAs },
  media: { audio: element.audio, video: element.screen, canvas: element.drawn },
  face: new URLSearchParams(location.search).get('face') === 'client' ? 'page' : 'server',
});

let inRoom = false;
/** The visitor wants to see the agent: from the next call on, or in this one. */
let wantsFace = false;
let drawnAt = 0;

async function open(): Promise<void> {
  if (hasKept) {
    showRoom();
    await live.opened;
    return;
  }
  const visitor = await entrance.find();
  if (visitor.kind === 'nobody') return showGate();
  if (visitor.kind === 'user') showAgent(visitor.agentName, visitor.language);
  showRoom();
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
  show(live.state, undefined);
}

const isCalling = ({ connection }: LiveState) => ['connecting', 'connected', 'reconnecting'].includes(connection);

/** Brings the page up to date; `before` is what it shows. */
function show(now: LiveState, before: LiveState | undefined): void {
  if (!inRoom) return;
  if (now.connection !== before?.connection || now.ending !== before.ending) {
    showLook(now.connection, now.connection === 'ended' ? now.ending?.text : undefined);
    if (isCalling(now) && !(before && isCalling(before))) requestAnimationFrame(frame);
  }
  if (now.agentName !== before?.agentName && now.agentName !== undefined) showAgent(now.agentName, now.language);
  if (now.activity !== before?.activity) showActivity(now.activity);
  if (now.muted !== before?.muted) showMuted(now.muted);
  if (now.problem !== before?.problem) showNotice(now.problem?.text);
  if (now.captions !== before?.captions) draw();
  element.listen.hidden = !now.soundBlocked;
  if (isCalling(now)) {
    wantsFace = now.mode === 'video';
    showFaceWish(wantsFace);
  }
  const isSeen = now.connection === 'connected' || now.connection === 'reconnecting';
  showPicture(isSeen ? now.picture.from : 'none');
  showFaceNote(now.picture.note?.text);
}

/** What moves by itself in a call: levels, and captions with their sound. */
function frame(): void {
  if (!isCalling(live.state)) {
    showLevels(0, 0);
    return;
  }
  const { microphone, agent } = live.levels();
  showLevels(microphone, agent);
  const plays = live.state.captions.lines.some((line) => line.kind === 'agent' && line.playing);
  if (plays && performance.now() - drawnAt >= DRAW_EVERY_MS) draw();
  requestAnimationFrame(frame);
}

function draw(): void {
  drawnAt = performance.now();
  showLines(live.state.captions.lines, live.heardMs);
}

let shown: LiveState | undefined;
live.on('state', (state) => {
  show(state, shown);
  shown = state;
});
live.on('timings', ({ latency }) => showStages(stagesOf(latency), latency.total));
live.on('reply', ({ content, interrupted }) => {
  announce(interrupted ? `${content} (interrupted)` : content, live.state.language ?? 'en');
});
// Without a call, writing is what is left.
live.on('problem', () => live.state.connection === 'idle' && live.state.mode === 'chat' && element.text.focus());

element.call.addEventListener('click', () => {
  if (!isCalling(live.state)) void live.setMode(wantsFace ? 'video' : 'voice');
  else {
    element.state.textContent = 'Ending …';
    void live.end();
  }
});
element.mute.addEventListener('click', () => live.setMuted(!live.state.muted));
element.faceToFace.addEventListener('click', () => {
  wantsFace = !wantsFace;
  showFaceWish(wantsFace);
  if (isCalling(live.state)) void live.setMode(wantsFace ? 'video' : 'voice');
});
element.stop.addEventListener('click', () => live.interrupt());
element.listen.addEventListener('click', () => {
  element.call.focus();
  live.resumeAudio();
});
element.noticeClose.addEventListener('click', () => {
  live.dismissProblem();
  showNotice(undefined);
  element.text.focus();
});
element.write.addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = element.text.value.trim();
  if (text === '') return;
  element.text.value = '';
  // What was not taken is there for the next attempt.
  if (!(await live.send(text)) && element.text.value === '') element.text.value = text;
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
      element.signInWrong.textContent = problemOf(error).text;
      element.password.focus();
    });
});

open().catch((error: unknown) => {
  showRoom();
  showNotice(problemOf(error).text);
});
