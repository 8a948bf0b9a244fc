import type { FaceState, Moment, PictureSettings } from '@visavis/face/rendering';
import type { ServerEvent } from '@visavis/protocol';
import { backgroundPicture } from './background-picture.ts';
import { type BrowserFace, createBrowserFace, startFaceWorker } from './browser-face.ts';

type FaceAsset = Extract<ServerEvent, { type: 'face.asset' }>;

/** From picture to picture, in ms: while something happens, and while the face is idle. */
const PICTURE_MS = 40;
const IDLE_PICTURE_MS = 80;
/** So long after the last sound it still counts as something happening: the mouth closes. */
const CLOSING_MS = 400;
/** A screen shows its pictures this much off the time that was wished for, in ms. */
const SLACK_MS = 4;
/** Frames of the mouth that come before the face is there: as much as a long reply has. */
const MOST_EARLY = 400;

/** Why there is no face: the browser cannot draw, or the face could not be fetched or drawn. */
export type DrawnFaceProblem = 'no-webgl' | 'failed';

/** The agent's face, drawn by this page for what is heard. */
export interface DrawnFace {
  /** A face is going to come: what draws it is loaded meanwhile. */
  prepare(): void;
  /** Everything that the server tells. */
  hear(event: ServerEvent): void;
  /** Ends everything; the face comes again with the next `face.asset`. */
  close(): void;
}

export function createDrawnFace(options: {
  canvas: HTMLCanvasElement;
  /** Of the server; empty for the page's own. */
  baseUrl: string;
  /** Starts the thread that draws. */
  startWorker?: (() => Worker) | undefined;
  /** How much of this reply has been heard by now, in ms. */
  heardMs: (replyId: string) => number;
  /** Its first picture is there. */
  onShown: () => void;
  onProblem: (problem: DrawnFaceProblem) => void;
}): DrawnFace {
  const { canvas, startWorker = startFaceWorker } = options;
  let prepared: Worker | undefined;
  let face: BrowserFace | undefined;
  let asset: FaceAsset | undefined;
  let early: Parameters<BrowserFace['mouth']>[0][] = [];
  let fetching: AbortController | undefined;
  let drawing = 0;
  let drawnAt = 0;
  let spokeAt = Number.NEGATIVE_INFINITY;
  let userSpeaks = false;
  let agentState: 'listening' | 'thinking' | 'speaking' = 'listening';
  /** The reply that is on its way to the ear, and where that stretch of it begins and ends. */
  let reply: { id: string; fromMs: number; untilMs: number } | undefined;

  const stateNow = (): FaceState => {
    if (userSpeaks) return 'listening';
    return agentState === 'listening' ? 'idle' : agentState;
  };

  const speechIn = (ms: number): Moment['speech'] => {
    if (!reply) return undefined;
    const heard = options.heardMs(reply.id);
    // Announced, and still on its way.
    if (heard <= reply.fromMs) return undefined;
    const at = heard + ms;
    return at < reply.untilMs ? { utterance: reply.id, ms: at } : undefined;
  };

  const frame = (now: number) => {
    drawing = requestAnimationFrame(frame);
    if (!face) return;
    const { latencyMs } = face;
    const moment: Moment = { atMs: now + latencyMs, speech: speechIn(latencyMs), state: stateNow() };
    if (moment.speech) spokeAt = now;
    const isIdle = moment.state === 'idle' && now - spokeAt > CLOSING_MS;
    const everyMs = isIdle ? IDLE_PICTURE_MS : PICTURE_MS;
    if (now < drawnAt + everyMs - SLACK_MS || !face.draw(moment)) return;
    // In step, as far as the screen allows; what was missed is not made up for.
    drawnAt = now - drawnAt < 2 * everyMs ? drawnAt + everyMs : now;
  };

  const letGo = () => {
    cancelAnimationFrame(drawing);
    fetching?.abort();
    fetching = undefined;
    face?.dispose();
    face = undefined;
    asset = undefined;
    early = [];
  };

  const close = () => {
    letGo();
    prepared?.terminate();
    prepared = undefined;
  };

  const fail = (problem: DrawnFaceProblem) => {
    close();
    options.onProblem(problem);
  };

  /** A thread that the page's policy does not let in says so before anything is asked of it. */
  const start = () => {
    const worker = startWorker();
    worker.onerror = () => fail('failed');
    return worker;
  };

  const open = async (next: FaceAsset) => {
    // After every connect it is told anew.
    if (asset && JSON.stringify(next) === JSON.stringify(asset)) return;
    letGo();
    asset = next;
    const mine = new AbortController();
    fetching = mine;
    try {
      // From the server by the address that this page has of it.
      const here = (address: string) => (options.baseUrl === '' ? location.origin : options.baseUrl) + new URL(address).pathname;
      const response = await fetch(here(next.url), { signal: mine.signal });
      if (!response.ok) throw new Error(`The face was answered with ${response.status}`);
      const bytes = await response.arrayBuffer();
      const picture = await pictureOf(next.picture, here, mine.signal);
      if (fetching !== mine) return;
      let first = true;
      const worker = prepared ?? start();
      face = createBrowserFace(canvas, bytes, {
        picture,
        seed: next.seed,
        worker,
        onDrawn() {
          if (first) options.onShown();
          first = false;
        },
        onProblem: () => fail('failed'),
      });
      if (!face) return fail('no-webgl');
      prepared = undefined;
      for (const piece of early) face.mouth(piece);
      early = [];
      drawing = requestAnimationFrame(frame);
    } catch {
      if (fetching === mine) fail('failed');
    }
  };

  const hush = () => {
    reply = undefined;
    face?.interrupt();
  };

  return {
    prepare() {
      if (!face) prepared ??= start();
    },
    hear(event) {
      switch (event.type) {
        case 'face.asset':
          void open(event);
          break;
        case 'face.mouth': {
          const { reply_id: utterance, from_ms: fromMs } = event;
          const piece = { utterance, fromMs, frames: bytesOf(event.frames), energy: bytesOf(event.energy) };
          if (face) face.mouth(piece);
          else if (early.length < MOST_EARLY) early.push(piece);
          break;
        }
        case 'reply.playing':
          if (event.hushed) hush();
          else if (event.playing) reply = { id: event.reply_id, fromMs: event.position_ms, untilMs: Number.POSITIVE_INFINITY };
          else if (reply?.id === event.reply_id) reply.untilMs = event.position_ms;
          break;
        case 'reply.end':
          if (event.interrupted && event.reply_id === reply?.id) hush();
          break;
        case 'agent.state':
          agentState = event.state;
          break;
        case 'user.speaking':
          userSpeaks = event.speaking;
          break;
        case 'session.joined':
          reply = undefined;
          break;
      }
    },
    close,
  };
}

/** `here`: an address of the server as this page has it. */
async function pictureOf(
  asset: FaceAsset['picture'],
  here: (address: string) => string,
  signal: AbortSignal,
): Promise<PictureSettings> {
  const { width, height, background, background_url: address } = asset;
  if (address !== undefined)
    return { width, height, background: await backgroundPicture(here(address), { width, height, signal }) };
  if (background === 'blur') return { width, height, background: { type: 'blur' } };
  if (!background.startsWith('#')) return { width, height, background: { type: 'own' } };
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
  return { width, height, background: { type: 'color', red, green, blue } };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
