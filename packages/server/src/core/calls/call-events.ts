import type { LeftReason, ServerEvent } from '@visavis/protocol';
import type { DrivenEvent } from './driven-conversation.ts';
import type { VideoQuality } from './face.ts';
import type { VoiceEvent } from './voice-conversation.ts';

/** What happens in a call: in its conversation, and whether the client is there. */
export type CallEvent =
  | VoiceEvent
  | DrivenEvent
  | { type: 'joined' }
  /** The client has not been heard of for some seconds, or has said good-bye. */
  | { type: 'left'; reason: Extract<LeftReason, 'said-goodbye' | 'connection-lost' | 'connection-closed'> }
  /** How good the pictures of the face are from now on. */
  | { type: 'video-quality'; quality: VideoQuality };

/** What the client is told of it; undefined where that is nothing. */
export function toServerEvent(event: CallEvent): ServerEvent | undefined {
  switch (event.type) {
    case 'joined':
      return { type: 'session.presence', present: true };
    case 'left':
      return { type: 'session.presence', present: false };
    case 'user-speaking':
      return { type: 'user.speaking', speaking: event.speaking };
    case 'transcript':
      return { type: 'user.transcript', text: event.text, final: event.final };
    case 'state':
      return { type: 'agent.state', state: event.state };
    case 'reply-start':
      return { type: 'reply.start', reply_id: event.replyId, source: event.origin.type };
    case 'reply-delta':
      return { type: 'reply.delta', reply_id: event.replyId, text: event.text };
    case 'reply-words':
      return {
        type: 'reply.words',
        reply_id: event.replyId,
        words: event.words.map(({ text, startMs, endMs }) => ({ text, start_ms: startMs, end_ms: endMs })),
      };
    case 'reply-playing':
      return {
        type: 'reply.playing',
        reply_id: event.replyId,
        playing: event.playing,
        position_ms: event.positionMs,
        hushed: event.hushed,
      };
    case 'reply-end':
      return {
        type: 'reply.end',
        reply_id: event.replyId,
        content: event.content,
        interrupted: event.interrupted,
        spoken_ms: event.spokenMs,
        latency_ms: event.latency,
      };
    case 'reply-latency':
      return { type: 'reply.latency', reply_id: event.replyId, latency_ms: event.latency };
    case 'notice':
      return { type: 'notice', code: event.code, text: event.text };
    case 'video-quality':
      return { type: 'video.quality', ...event.quality };
    case 'speech-start':
      return { type: 'agent.speech.started' };
    case 'speech-end':
      return { type: 'agent.speech.ended', played_ms: event.playedMs, interrupted: event.interrupted };
    case 'user-turn':
    case 'reply-heard':
    case 'provider-failed':
    case 'over':
      return undefined;
  }
}
