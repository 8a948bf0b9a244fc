import type { ServerEvent } from '@visavis/protocol';
import type { DrawnFace, DrawnFaceProblem } from './drawn-face.ts';
import type { Seen } from './peer-link.ts';
import { NO_PICTURE, type Picture, type Told } from './state.ts';
import { told } from './texts.ts';

type VideoQuality = Extract<ServerEvent, { type: 'video.quality' }>;

const PROBLEMS = { 'no-webgl': 'no-webgl', failed: 'face-failed' } as const satisfies Record<DrawnFaceProblem, string>;

/** Events that are kept for a face whose code is still loaded. */
const MOST_EARLY = 400;

/** Whether the visitor sees the agent or only hears it, and how well. */
export interface Seeing {
  /** How the agent is to be seen. */
  readonly seen: Seen;
  want(seen: Seen): void;
  hear(event: ServerEvent): void;
  /** The call is over; what was wanted stays. */
  rest(): void;
}

export interface SeeingOptions {
  canvas: () => HTMLCanvasElement;
  baseUrl: string;
  startWorker: (() => Worker) | undefined;
  heardMs: (replyId: string) => number;
  show: (picture: Picture) => void;
}

/** The code of a face that the page draws is loaded when it is first wanted. */
export function createSeeing(options: SeeingOptions): Seeing {
  let seen: Seen = 'not';
  let drawn: DrawnFace | undefined;
  let loading = false;
  /** What a face has to know that comes later: the newest of what lasts, and what it draws from. */
  const lasting = new Map<string, ServerEvent>();
  let early: ServerEvent[] = [];

  const show = (note?: Told) => {
    const from = ({ not: 'none', video: 'server', drawn: 'page' } as const)[seen];
    options.show(from === 'none' ? NO_PICTURE : { from, note });
  };

  const load = async () => {
    const { createDrawnFace } = await import('./drawn-face.ts');
    drawn = createDrawnFace({
      canvas: options.canvas(),
      baseUrl: options.baseUrl,
      startWorker: options.startWorker,
      heardMs: options.heardMs,
      onShown: () => show(),
      onProblem: (problem) => show(told(PROBLEMS[problem])),
    });
    if (seen !== 'drawn') return;
    drawn.prepare();
    for (const event of [...lasting.values(), ...early.splice(0)]) drawn.hear(event);
  };

  return {
    get seen() {
      return seen;
    },
    want(next) {
      seen = next;
      show();
      if (next !== 'drawn') {
        early = [];
        return drawn?.close();
      }
      if (drawn) return drawn.prepare();
      if (loading) return;
      loading = true;
      load()
        .catch(() => show(told('face-failed')))
        .finally(() => {
          // Another attempt may bring it.
          loading = false;
        });
    },
    hear(event) {
      if (event.type === 'video.quality') show(noteOn(event));
      if (drawn) return drawn.hear(event);
      if (event.type === 'agent.state' || event.type === 'user.speaking') lasting.set(event.type, event);
      else if (seen === 'drawn' && early.length < MOST_EARLY && /^(face|reply)\./.test(event.type)) early.push(event);
    },
    rest() {
      early = [];
      drawn?.close();
      show();
    },
  };
}

function noteOn({ level, reason }: VideoQuality): Told | undefined {
  if (level === 'full') return undefined;
  if (reason === 'renderer-lost') return told('picture-returning');
  if (reason === 'renderer-failed') return told('picture-failed');
  return told(level === 'audio-only' ? 'picture-paused' : 'picture-simpler');
}
