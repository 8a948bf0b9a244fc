import { randomUUID } from 'node:crypto';
import { type APIConnectOptions, APIError, tts, voice } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import type { TimedWord } from '../../core/speech/speech.ts';
import { createLastingInput } from './lasting-input.ts';
import { retryable } from './retryable.ts';
import { SPEAKING_RATE, type Speaking, type SpeechEndpoint, startSpeaking } from './speech-client.ts';

/** 40 ms: small enough to stop quickly at an interruption. */
const FRAME_SAMPLES = SPEAKING_RATE / 25;

export interface LocalTtsOptions {
  /** Where the speech process answers now; undefined while it does not. */
  endpoint: () => SpeechEndpoint | undefined;
  /** A voice's id; unknown ones are spoken by the default voice. */
  voice?: string;
  /** 1 is the voice's own pace; 0.5..2. */
  speed?: number;
  /** Called when another voice than the one asked for speaks. */
  onStandIn?(voice: string): void;
}

/** The voices of this machine for LiveKit Agents: streaming, clause by clause, with the times of words. */
export class LocalTts extends tts.TTS {
  override label = 'visavis.LocalTts';
  readonly #options: LocalTtsOptions;

  constructor(options: LocalTtsOptions) {
    super(SPEAKING_RATE, 1, { streaming: true, alignedTranscript: true });
    this.#options = options;
  }

  override get provider(): string {
    return 'local';
  }

  override get model(): string {
    return this.#options.voice ?? 'default';
  }

  /** Opens a stream of the speech process. */
  async open(signal: AbortSignal): Promise<Speaking> {
    const { endpoint, voice: wanted, speed = 1, onStandIn } = this.#options;
    const speaking = await startSpeaking(requireEndpoint(endpoint), { voice: wanted, speed, signal });
    if (wanted !== undefined && speaking.voice !== wanted) onStandIn?.(speaking.voice);
    return speaking;
  }

  override synthesize(text: string, connOptions?: APIConnectOptions, abortSignal?: AbortSignal): tts.ChunkedStream {
    return new LocalChunkedStream(text, this, connOptions, abortSignal);
  }

  override stream(options?: { connOptions?: APIConnectOptions }): tts.SynthesizeStream {
    return new LocalSynthesizeStream(this, options?.connOptions);
  }
}

class LocalChunkedStream extends tts.ChunkedStream {
  override label = 'visavis.LocalChunkedStream';
  readonly #tts: LocalTts;

  constructor(text: string, owner: LocalTts, connOptions?: APIConnectOptions, abortSignal?: AbortSignal) {
    super(text, owner, connOptions, abortSignal);
    this.#tts = owner;
  }

  protected override async run(): Promise<void> {
    await retryable(this.abortSignal, async () => {
      const speaking = await this.#tts.open(this.abortSignal);
      speaking.say(this.inputText);
      speaking.end();
      await putSpeech(speaking, (audio) => this.queue.put(audio));
    });
    this.queue.close();
  }
}

class LocalSynthesizeStream extends tts.SynthesizeStream {
  override label = 'visavis.LocalSynthesizeStream';
  readonly #tts: LocalTts;
  readonly #texts = createLastingInput(this.input);
  /** What was said to the speech process: a second attempt begins with it. */
  readonly #said: string[] = [];
  #anyHeard = false;

  constructor(owner: LocalTts, connOptions?: APIConnectOptions) {
    super(owner, connOptions);
    this.#tts = owner;
  }

  protected override async run(): Promise<void> {
    const attempt = new AbortController();
    await retryable(this.abortSignal, async () => {
      if (this.#anyHeard) throw new APIError('The voice broke off in the middle', { retryable: false });
      const speaking = await this.#tts.open(this.abortSignal);
      const forwarding = this.#forwardText(speaking, attempt.signal);
      const heard = putSpeech(speaking, (audio) => {
        this.#anyHeard = true;
        this.queue.put(audio);
      });
      await Promise.all([forwarding, heard]);
    }).finally(() => attempt.abort());
    this.queue.put(tts.SynthesizeStream.END_OF_STREAM);
  }

  async #forwardText(speaking: Speaking, signal: AbortSignal): Promise<void> {
    for (const text of this.#said) speaking.say(text);
    const both = AbortSignal.any([signal, this.abortSignal]);
    for (;;) {
      const next = await this.#texts.next(both);
      if (!next) return;
      if (next.done) break;
      if (next.value === tts.SynthesizeStream.FLUSH_SENTINEL) speaking.flush();
      else {
        this.#said.push(next.value);
        this.markStarted();
        speaking.say(next.value);
      }
    }
    speaking.end();
  }
}

/** Gives out the frames of a stream; the words of a part come with its first frame, and the very last frame is marked. */
async function putSpeech(speaking: Speaking, put: (audio: tts.SynthesizedAudio) => void): Promise<void> {
  const requestId = randomUUID();
  const segmentId = requestId;
  let held: tts.SynthesizedAudio | undefined;
  for await (const event of speaking.events) {
    if (event.type !== 'part') continue;
    for (let at = 0; at < event.samples.length; at += FRAME_SAMPLES) {
      if (held) put(held);
      const samples = event.samples.slice(at, at + FRAME_SAMPLES);
      const frame = new AudioFrame(samples, SPEAKING_RATE, 1, samples.length);
      const words = at === 0 ? { timedTranscripts: event.words.map(timedString) } : {};
      held = { requestId, segmentId, frame, final: false, ...words };
    }
  }
  if (held) put({ ...held, final: true });
}

function timedString({ text, start, end }: TimedWord): voice.TimedString {
  return voice.createTimedString({ text: `${text} `, startTime: start, endTime: end });
}

function requireEndpoint(endpoint: () => SpeechEndpoint | undefined): SpeechEndpoint {
  const found = endpoint();
  if (!found) throw new Error('The speech process is not running');
  return found;
}
