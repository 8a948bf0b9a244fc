import type { ServerEvent } from '@visavis/protocol';
import { ApiError } from './api.ts';
import type { Call } from './call.ts';
import type { HeldSession } from './held-session.ts';
import { problemText } from './texts.ts';
import { showFaceNote, showFaceWish, showNotice, showScreen } from './view.ts';

type VideoQuality = Extract<ServerEvent, { type: 'video.quality' }>;

const NOT_SEEN = 'The agent cannot be seen right now: the server shows as many faces as it can. The voice goes on.';

/** Whether the visitor sees the agent or only hears it, and how well. */
export interface FaceToFace {
  /** What a call that begins now is to be. */
  type(): 'agent_video' | 'agent_voice';
  /** From one to the other, in the middle of a call, too. */
  toggle(): Promise<void>;
  hear(event: ServerEvent): void;
  /** The server has no room for a face: the call is had by voice. */
  giveUp(): void;
  /** Puts back what was chosen before a reload. */
  remember(seen: boolean): void;
  /** The call is over. */
  callEnded(): void;
}

export function createFaceToFace(now: { session: () => HeldSession | undefined; call: () => Call | undefined }): FaceToFace {
  let wanted = false;
  let busy = false;

  const want = (seen: boolean) => {
    wanted = seen;
    showFaceWish(seen);
    showScreen(seen && now.call() !== undefined);
    showFaceNote(undefined);
  };

  /** The session first: it says whether the offer that follows gets pictures. */
  const change = async (seen: boolean) => {
    const session = now.session();
    const call = now.call();
    if (!session || !call) return;
    await session.switchTo(seen ? 'agent_video' : 'agent_voice');
    await call.setVideo(seen);
  };

  return {
    type: () => (wanted ? 'agent_video' : 'agent_voice'),
    async toggle() {
      if (busy) return;
      busy = true;
      want(!wanted);
      try {
        await change(wanted);
      } catch (error) {
        want(false);
        showNotice(error instanceof ApiError && error.code === 'no-capacity' ? NOT_SEEN : problemText(error));
        await change(false).catch(() => undefined);
      } finally {
        busy = false;
      }
    },
    hear(event) {
      if (event.type === 'video.quality') showFaceNote(noteOn(event));
      if (event.type === 'session.joined') showScreen(wanted);
    },
    giveUp() {
      want(false);
      showNotice(NOT_SEEN);
    },
    remember: want,
    callEnded() {
      showScreen(false);
      showFaceNote(undefined);
    },
  };
}

function noteOn({ level, reason }: VideoQuality): string | undefined {
  if (level === 'full') return undefined;
  if (reason === 'renderer-lost') return 'The picture is coming back; the voice goes on.';
  if (reason === 'renderer-failed') return 'The picture could not be drawn; the voice goes on.';
  return level === 'audio-only'
    ? 'The picture is paused because the server is busy; the voice goes on.'
    : 'The picture is simpler for now because the server is busy.';
}
