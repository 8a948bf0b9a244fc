import type { ServerEvent } from '@visavis/protocol';
import { ApiError } from './api.ts';
import type { Call } from './call.ts';
import { createDrawnFace } from './drawn-face.ts';
import type { HeldSession } from './held-session.ts';
import type { Seen } from './peer-link.ts';
import { problemText } from './texts.ts';
import { element, showDrawn, showFaceNote, showFaceWish, showNotice, showScreen } from './view.ts';

type VideoQuality = Extract<ServerEvent, { type: 'video.quality' }>;

const NOT_SEEN = 'The agent cannot be seen right now: the server shows as many faces as it can. The voice goes on.';
const NOT_DRAWN = {
  'no-webgl': 'This browser cannot draw the agent (it has no WebGL 2); the voice goes on.',
  failed: 'The agent could not be drawn; the voice goes on.',
};

/** Whether the visitor sees the agent or only hears it, and how well. */
export interface FaceToFace {
  /** What a call that begins now is to be. */
  type(): 'agent_video' | 'agent_voice';
  /** How the agent is to be seen in it. */
  seen(): Seen;
  /** From one to the other, in the middle of a call, too. */
  toggle(): Promise<void>;
  hear(event: ServerEvent): void;
  /** The server has no room for a face: this page draws it, and where that was refused as well the call is had by voice. */
  fallBack(): void;
  /** Puts back what was chosen before a reload. */
  remember(seen: boolean): void;
  /** The call is over. */
  callEnded(): void;
}

/** `drawsItself`: the visitor prefers that from the beginning. */
export function createFaceToFace(now: {
  session: () => HeldSession | undefined;
  call: () => Call | undefined;
  drawsItself: boolean;
}): FaceToFace {
  const atFirst: Seen = now.drawsItself ? 'drawn' : 'video';
  let wanted: Seen = 'not';
  let busy = false;
  const drawn = createDrawnFace({
    canvas: element.drawn,
    heardMs: (replyId) => now.call()?.heardMs(replyId) ?? 0,
    onShown: () => showFaceNote(undefined),
    onProblem: (problem) => showFaceNote(NOT_DRAWN[problem]),
  });

  const want = (seen: Seen) => {
    wanted = seen;
    showFaceWish(seen !== 'not');
    showDrawn(seen === 'drawn');
    showScreen(seen !== 'not' && now.call() !== undefined);
    showFaceNote(undefined);
    if (seen !== 'drawn') drawn.close();
  };

  /** The session first: it says whether the offer that follows gets a face. */
  const change = async (seen: Seen) => {
    want(seen);
    const session = now.session();
    const call = now.call();
    if (!session || !call) return;
    await session.switchTo(seen === 'not' ? 'agent_voice' : 'agent_video');
    await call.see(seen);
  };

  return {
    type: () => (wanted === 'not' ? 'agent_voice' : 'agent_video'),
    seen: () => wanted,
    async toggle() {
      if (busy) return;
      busy = true;
      try {
        if (wanted !== 'not') await change('not');
        else
          await change(atFirst).catch((error: unknown) => {
            if (atFirst === 'drawn' || !isFull(error)) throw error;
            return change('drawn');
          });
      } catch (error) {
        showNotice(isFull(error) ? NOT_SEEN : problemText(error));
        await change('not').catch(() => undefined);
      } finally {
        busy = false;
      }
    },
    hear(event) {
      if (event.type === 'video.quality') showFaceNote(noteOn(event));
      if (event.type === 'session.joined') showScreen(wanted !== 'not');
      drawn.hear(event);
    },
    fallBack() {
      if (wanted === 'video') return want('drawn');
      want('not');
      showNotice(NOT_SEEN);
    },
    remember: (seen) => want(seen ? atFirst : 'not'),
    callEnded() {
      drawn.close();
      showScreen(false);
      showFaceNote(undefined);
    },
  };
}

function isFull(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'no-capacity';
}

function noteOn({ level, reason }: VideoQuality): string | undefined {
  if (level === 'full') return undefined;
  if (reason === 'renderer-lost') return 'The picture is coming back; the voice goes on.';
  if (reason === 'renderer-failed') return 'The picture could not be drawn; the voice goes on.';
  return level === 'audio-only'
    ? 'The picture is paused because the server is busy; the voice goes on.'
    : 'The picture is simpler for now because the server is busy.';
}
