import { DRIVE_RATE, SAY_CHARACTERS, type ServerEvent } from '@visavis/protocol';
import { type DrivenConversation, type DrivenVoiceSpec, DriveRefusal } from '../core/calls/driven-conversation.ts';

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

function speechOf(audio: unknown): Int16Array {
  if (typeof audio !== 'string') throw new DriveRefusal('audio-invalid', '"audio" must be a text: PCM in base64');
  const bytes = Buffer.from(audio, 'base64');
  // Node passes over what is no base64: then less comes out than went in.
  const padding = audio.endsWith('==') ? 2 : audio.endsWith('=') ? 1 : 0;
  const remainder = (audio.length - padding) % 4;
  if (remainder === 1 || bytes.length !== Math.floor(((audio.length - padding) * 3) / 4)) {
    throw new DriveRefusal('audio-invalid', '"audio" is not valid base64');
  }
  if (bytes.length % 2 !== 0) {
    throw new DriveRefusal('audio-invalid', '"audio" has an odd number of bytes; samples of signed 16-bit PCM have two each');
  }
  // An array of its own: small buffers share one, in which samples may begin at an odd place.
  const samples = new Int16Array(bytes.length / 2);
  new Uint8Array(samples.buffer).set(bytes);
  return samples;
}

function textOf(text: unknown): string {
  if (typeof text !== 'string' || text.trim() === '') throw new DriveRefusal('event-invalid', '"text" must be a text to say');
  if (text.length > SAY_CHARACTERS) throw new DriveRefusal('event-invalid', `"text" may have ${SAY_CHARACTERS} characters`);
  return text;
}
