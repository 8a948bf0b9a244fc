import { DRIVE_RATE, SAY_CHARACTERS, type ServerEvent } from '@visavis/protocol';
import { type DrivenConversation, type DrivenVoiceSpec, DriveRefusal } from '../core/calls/driven-conversation.ts';
import { createSpeechDecoder } from './speech-decoder.ts';

const LOWEST_RATE = 8_000;
const HIGHEST_RATE = 48_000;

/** Whether a message is one that drives a face; anything of it may still be wrong. */
export function isDriveCommand(message: unknown): message is { type: string } {
  const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
  return type === 'agent.speak' || type === 'agent.interrupt' || type === 'agent.say';
}

/**
 * Does what a client's message says; gives the answer, where there is one.
 * @throws DriveRefusal, after which everything is as before
 */
export function carryOut(
  message: { type: string; audio?: unknown; sample_rate?: unknown; text?: unknown },
  driven: DrivenConversation,
  voice: DrivenVoiceSpec | undefined,
): ServerEvent | undefined {
  switch (message.type) {
    case 'agent.speak': {
      const rate = rateOf(message.sample_rate);
      const samples = speechOf(message.audio);
      driven.speak(samples, rate);
      return { type: 'agent.speak.confirmed', audio_samples: Math.round((samples.length * DRIVE_RATE) / rate) };
    }
    case 'agent.interrupt':
      driven.interrupt();
      return { type: 'agent.interrupt.confirmed' };
    default:
      driven.say(textOf(message.text), voice);
      return undefined;
  }
}

function rateOf(rate: unknown): number {
  if (rate === undefined || rate === null) return DRIVE_RATE;
  if (Number.isInteger(rate) && Number(rate) >= LOWEST_RATE && Number(rate) <= HIGHEST_RATE) return Number(rate);
  throw new DriveRefusal('audio-invalid', `"sample_rate" must be a whole number from ${LOWEST_RATE} to ${HIGHEST_RATE}`);
}

/** `audio` of a long message is decoded already (see `parseLong`). */
function speechOf(audio: unknown): Int16Array {
  if (audio instanceof Int16Array) return audio;
  if (typeof audio !== 'string') throw new DriveRefusal('audio-invalid', '"audio" must be a text: PCM in base64');
  const decoder = createSpeechDecoder();
  decoder.push(audio);
  return decoder.finish();
}

function textOf(text: unknown): string {
  if (typeof text !== 'string' || text.trim() === '') throw new DriveRefusal('event-invalid', '"text" must be a text to say');
  if (text.length > SAY_CHARACTERS) throw new DriveRefusal('event-invalid', `"text" may have ${SAY_CHARACTERS} characters`);
  return text;
}
