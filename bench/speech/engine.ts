import { randomBytes } from 'node:crypto';
import { startEngineChild } from '../../packages/server/src/providers/engine-process/engine-child.ts';
import {
  FromSpeechProcess,
  type InstalledSpeech,
  type ToSpeechProcess,
} from '../../packages/server/src/providers/local-speech/process-messages.ts';
import {
  type Listening,
  SPEAKING_RATE,
  type SpeechEndpoint,
  startListening,
  startSpeaking,
} from '../../packages/server/src/providers/local-speech/speech-client.ts';
import { pause } from './measure.ts';

/** The product's speech process with nothing but the given models in it. */
export interface Engine {
  pid: number;
  endpoint: SpeechEndpoint;
  /** From its start until its models were loaded and warm. */
  loadMs: number;
  stop(): Promise<void>;
}

export async function startEngine(speech: InstalledSpeech): Promise<Engine> {
  const apiKey = randomBytes(32).toString('base64url');
  const begin = performance.now();
  return new Promise<Engine>((resolve, reject) => {
    let port = 0;
    const child = startEngineChild<ToSpeechProcess, FromSpeechProcess>(
      new URL('../../packages/server/src/providers/local-speech/speech-process.ts', import.meta.url),
      { type: 'start', apiKey, port: 0 },
      (raw) => FromSpeechProcess.parse(raw),
      (message) => {
        if (message.type === 'listening') {
          port = message.port;
          child.send({ type: 'install', version: 1, speech });
        } else if (message.type === 'installed') {
          if (message.problem !== undefined) reject(new Error(message.problem));
          const endpoint = { url: `ws://127.0.0.1:${port}`, apiKey };
          resolve({ pid: child.pid ?? 0, endpoint, loadMs: performance.now() - begin, stop: () => child.stop() });
        } else reject(new Error(message.message));
      },
    );
    void child.exited.then(({ reason }) => reject(new Error(reason)));
  });
}

export const LISTENING_RATE = 16_000;
const FRAME_MS = 20;
const FRAME_BYTES = (LISTENING_RATE / 1000) * FRAME_MS * 2;
/** A final result that takes longer is a lost one. */
const PATIENCE_MS = 15_000;

export function toInt16(samples: Float32Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let i = 0; i < samples.length; i++) {
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, samples[i] ?? 0)) * 32_767), i * 2);
  }
  return bytes;
}

/** What is recognised in 16 kHz samples, given as fast as they are taken. */
export async function recognise(endpoint: SpeechEndpoint, samples: Float32Array, language = 'en'): Promise<string> {
  const stop = new AbortController();
  const listening = await startListening(endpoint, { language, live: false, signal: stop.signal });
  const sending = (async () => {
    const bytes = toInt16(samples);
    for (let at = 0; at < bytes.length; at += 32_000) await listening.send(bytes.subarray(at, at + 32_000));
    listening.end();
  })();
  const finals: string[] = [];
  for await (const event of listening.events) if (event.type === 'final') finals.push(event.text);
  await sending;
  stop.abort();
  return finals.join(' ');
}

/** One stream of microphone audio in real time. */
export interface LiveEars {
  /** Plays an utterance in 20 ms frames, flushes, and resolves with the ms from its end to its last final result; undefined if none came. */
  hear(samples: Float32Array): Promise<number | undefined>;
  close(): void;
}

export async function openLiveEars(endpoint: SpeechEndpoint): Promise<LiveEars> {
  const stop = new AbortController();
  const listening: Listening = await startListening(endpoint, { language: 'en', live: true, signal: stop.signal });
  let onFinal: (() => void) | undefined;
  let speaking = 0;
  let spoke = false;
  const reading = (async () => {
    for await (const event of listening.events) {
      if (event.type === 'speech-start') {
        speaking += 1;
        spoke = true;
      }
      if (event.type === 'speech-end') {
        speaking -= 1;
        if (speaking === 0) onFinal?.();
      }
    }
  })();
  reading.catch(() => undefined);
  async function play(bytes: Buffer): Promise<void> {
    const begin = performance.now();
    for (let at = 0, frame = 1; at < bytes.length; at += FRAME_BYTES, frame++) {
      // A frame exists when its last sample was recorded.
      await pause(begin + frame * FRAME_MS - performance.now());
      await listening.send(bytes.subarray(at, at + FRAME_BYTES));
    }
  }
  return {
    async hear(samples) {
      spoke = false;
      await play(toInt16(samples));
      const end = performance.now();
      const done = new Promise<boolean>((resolve) => {
        // Its last words were taken for a pause, and everything is final already.
        if (spoke && speaking === 0) resolve(true);
        onFinal = () => resolve(true);
        setTimeout(() => resolve(false), PATIENCE_MS).unref();
      });
      listening.flush();
      const came = await done;
      onFinal = undefined;
      const waited = performance.now() - end;
      // A second of room before the next utterance.
      await play(Buffer.alloc(LISTENING_RATE * 2));
      return came ? waited : undefined;
    },
    close: () => stop.abort(),
  };
}

export interface Spoken {
  samples: Float32Array;
  sampleRate: number;
  /** From the text to the first audio. */
  firstAudioMs: number;
  /** How often a listener would have heard a gap, and for how long in all: audio that came later than it had to be played. */
  underruns: number;
  gapMs: number;
}

/** Speaks a text. With `inRealTime` it resolves when a listener would have heard it out. */
export async function speak(
  endpoint: SpeechEndpoint,
  text: string,
  options: { voice?: string; inRealTime?: boolean } = {},
): Promise<Spoken> {
  const stop = new AbortController();
  const speaking = await startSpeaking(endpoint, { voice: options.voice, speed: 1, signal: stop.signal });
  const begin = performance.now();
  speaking.say(text);
  speaking.end();
  const parts: Int16Array[] = [];
  let firstAudioMs = 0;
  let playedUntil = 0;
  let underruns = 0;
  let gapMs = 0;
  for await (const event of speaking.events) {
    if (event.type !== 'part') continue;
    const now = performance.now();
    if (parts.length === 0) {
      firstAudioMs = now - begin;
      playedUntil = now;
    } else if (now > playedUntil) {
      underruns += 1;
      gapMs += now - playedUntil;
      playedUntil = now;
    }
    parts.push(event.samples);
    playedUntil += (event.samples.length / SPEAKING_RATE) * 1000;
  }
  stop.abort();
  if (options.inRealTime) await pause(playedUntil - performance.now());
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) samples[at + i] = (part[i] ?? 0) / 32_768;
    at += part.length;
  }
  return { samples, sampleRate: SPEAKING_RATE, firstAudioMs, underruns, gapMs };
}

/** The clip without the quiet at its end, so that its end is the end of speech. */
export function withoutTrailingQuiet(samples: Float32Array): Float32Array {
  const frame = LISTENING_RATE / 50;
  const power = (from: number) => samples.subarray(from, from + frame).reduce((sum, value) => sum + value * value, 0);
  let loudest = 0;
  for (let from = 0; from + frame <= samples.length; from += frame) loudest = Math.max(loudest, power(from));
  let end = samples.length - (samples.length % frame);
  while (end > frame && power(end - frame) < loudest / 1000) end -= frame;
  return samples.subarray(0, end);
}
