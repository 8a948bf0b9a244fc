import { MOUTH_FRAME_MS } from '@visavis/face';
import type { MouthFrames, SentMouth } from '../../core/calls/face.ts';
import type { FollowedSpeech } from '../../core/calls/speech-follower.ts';
import type { FromThread, SpeechNews, ToThread } from './thread-messages.ts';

const RATE = 24_000;
/** Frames of the newest replies are kept for clients that come anew, so many. */
const KEPT_REPLIES = 2;

/** One mouth as the thread that plays sound sees it: passes on what will be said, and gets frames back. */
export interface LiveMouth extends SentMouth {
  /** The thread is new: it is to hold this mouth again. */
  reopen(): void;
  message(message: Extract<FromThread, { type: 'mouth' }>): void;
}

interface Reply {
  /** What is made and whose frames have not come yet: a new thread hears it again. */
  pieces: FollowedSpeech[];
  ended: boolean;
  told: MouthFrames[];
}

export function createLiveMouth(options: {
  id: number;
  onFrames: (piece: MouthFrames) => void;
  post: (message: ToThread, transfer?: ArrayBuffer[]) => void;
  onClosed: () => void;
}): LiveMouth {
  const { id, post } = options;
  const replies = new Map<string, Reply>();
  let closed = false;

  const tell = (news: SpeechNews) => {
    if (news.type !== 'speech') return post({ ...news, id });
    // A copy that may be given away: the original is still to be played.
    const samples = news.piece.samples.slice();
    post({ type: 'speech', id, piece: { ...news.piece, samples } }, [samples.buffer]);
  };

  const open = () => {
    post({ type: 'open-mouth', id });
    for (const [utterance, { pieces, ended }] of replies) {
      for (const piece of pieces) tell({ type: 'speech', piece });
      if (ended) tell({ type: 'ended', utterance });
    }
  };

  const replyOf = (utterance: string): Reply => {
    const reply = replies.get(utterance) ?? { pieces: [], ended: false, told: [] };
    replies.set(utterance, reply);
    for (const oldest of replies.keys()) {
      if (replies.size <= KEPT_REPLIES) break;
      replies.delete(oldest);
      tell({ type: 'forget', utterance: oldest });
    }
    return reply;
  };

  open();
  return {
    follower: {
      speech(piece) {
        if (closed) return;
        const reply = replyOf(piece.utterance);
        reply.pieces.push(piece);
        reply.ended = false;
        tell({ type: 'speech', piece });
      },
      ended(utterance) {
        const reply = replies.get(utterance);
        if (closed || !reply) return;
        reply.ended = true;
        tell({ type: 'ended', utterance });
      },
      cut(utterance) {
        replies.delete(utterance);
        if (!closed) tell({ type: 'cut', utterance });
      },
    },
    told: () => [...replies.values()].flatMap(({ told }) => told),
    reopen: open,
    message({ piece }) {
      const reply = replies.get(piece.utterance);
      // It was cut off meanwhile.
      if (closed || !reply) return;
      const untilMs = piece.fromMs + piece.energy.length * MOUTH_FRAME_MS;
      reply.pieces = reply.pieces.filter((each) => each.positionMs + (each.samples.length / RATE) * 1_000 > untilMs);
      reply.told.push(piece);
      options.onFrames(piece);
    },
    close() {
      if (closed) return;
      closed = true;
      replies.clear();
      post({ type: 'close', id });
      options.onClosed();
    },
  };
}
