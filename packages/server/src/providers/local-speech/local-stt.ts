import { type APIConnectOptions, type AudioBuffer, stt, voice } from '@livekit/agents';
import { AudioFrame, AudioResampler, combineAudioFrames } from '@livekit/rtc-node';
import { createLastingInput } from './lasting-input.ts';
import { retryable } from './retryable.ts';
import { type HeardEvent, LISTENING_RATE, type Listening, type SpeechEndpoint, startListening } from './speech-client.ts';

export interface LocalSttOptions {
  /** Where the speech process answers now; undefined while it does not. */
  endpoint: () => SpeechEndpoint | undefined;
  /** As in `en` or `en-GB`; by default the recogniser's own. */
  language?: string;
}

/**
 * The ears of this machine for LiveKit Agents: streaming, with results while somebody speaks. The default model gives no times of words,
 * so none are promised.
 */
export class LocalStt extends stt.STT {
  override label = 'visavis.LocalStt';
  readonly #options: LocalSttOptions;

  constructor(options: LocalSttOptions) {
    super({ streaming: true, interimResults: true, alignedTranscript: false });
    this.#options = options;
  }

  override get provider(): string {
    return 'local';
  }

  override get model(): string {
    return 'local';
  }

  /** Opens a stream of the speech process. */
  async open(live: boolean, signal: AbortSignal): Promise<Listening> {
    const endpoint = this.#options.endpoint();
    if (!endpoint) throw new Error('The speech process is not running');
    return startListening(endpoint, { language: this.#options.language, live, signal });
  }

  protected override async _recognize(buffer: AudioBuffer, abortSignal?: AbortSignal): Promise<stt.SpeechEvent> {
    const signal = AbortSignal.any(abortSignal ? [abortSignal] : []);
    const events = await retryable(signal, async () => {
      const listening = await this.open(false, signal);
      const sending = sendAll(listening, toListeningRate(combineAudioFrames(buffer)));
      const finals: FinalEvent[] = [];
      for await (const event of listening.events) if (event.type === 'final') finals.push(event);
      await sending;
      return finals;
    });
    signal.throwIfAborted();
    return { type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [joined(events ?? [], this.#options.language)] };
  }

  override stream(options?: { connOptions?: APIConnectOptions }): stt.SpeechStream {
    return new LocalSpeechStream(this, options?.connOptions);
  }
}

type FinalEvent = Extract<HeardEvent, { type: 'final' }>;

class LocalSpeechStream extends stt.SpeechStream {
  override label = 'visavis.LocalSpeechStream';
  readonly #stt: LocalStt;
  readonly #frames = createLastingInput(this.input);

  constructor(owner: LocalStt, connOptions?: APIConnectOptions) {
    super(owner, LISTENING_RATE, connOptions);
    this.#stt = owner;
  }

  protected override async run(): Promise<void> {
    const attempt = new AbortController();
    await retryable(this.abortSignal, async () => {
      const listening = await this.#stt.open(true, this.abortSignal);
      const sending = this.#forwardAudio(listening, attempt.signal);
      for await (const event of listening.events) for (const out of toSpeechEvents(event)) this.queue.put(out);
      await sending;
    }).finally(() => attempt.abort());
  }

  async #forwardAudio(listening: Listening, signal: AbortSignal): Promise<void> {
    const both = AbortSignal.any([signal, this.abortSignal]);
    for (;;) {
      const next = await this.#frames.next(both);
      if (!next) return;
      if (next.done) break;
      if (next.value === stt.SpeechStream.FLUSH_SENTINEL) listening.flush();
      else await listening.send(bytesOf(next.value));
    }
    listening.end();
  }
}

function toSpeechEvents(event: HeardEvent): stt.SpeechEvent[] {
  if (event.type === 'speech-start') return [{ type: stt.SpeechEventType.START_OF_SPEECH }];
  if (event.type === 'speech-end') return [{ type: stt.SpeechEventType.END_OF_SPEECH }];
  if (event.type === 'partial') {
    const { text, start, end } = event;
    return [
      { type: stt.SpeechEventType.INTERIM_TRANSCRIPT, alternatives: [{ ...UNKNOWN, text, startTime: start, endTime: end }] },
    ];
  }
  return event.type === 'final' ? [{ type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [speechData(event)] }] : [];
}

/** No local model says how sure it is. */
const UNKNOWN = { language: 'en' as stt.SpeechData['language'], confidence: 1 };

function speechData({ text, start, end, language, words }: FinalEvent): stt.SpeechData {
  return {
    ...UNKNOWN,
    ...(language !== undefined && { language: language as stt.SpeechData['language'] }),
    text,
    startTime: start,
    endTime: end,
    ...(words && {
      words: words.map((word) => voice.createTimedString({ text: word.text, startTime: word.start, endTime: word.end })),
    }),
  };
}

function joined(events: readonly FinalEvent[], language: string | undefined): stt.SpeechData {
  const [first] = events;
  if (!first)
    return {
      ...UNKNOWN,
      ...(language && { language: language as stt.SpeechData['language'] }),
      text: '',
      startTime: 0,
      endTime: 0,
    };
  return speechData({
    ...first,
    text: events.map((event) => event.text).join(' '),
    end: events.at(-1)?.end ?? first.end,
    words: events.every((event) => event.words) ? events.flatMap((event) => event.words ?? []) : undefined,
  });
}

async function sendAll(listening: Listening, frames: readonly AudioFrame[]): Promise<void> {
  for (const frame of frames) await listening.send(bytesOf(frame));
  listening.end();
}

function toListeningRate(frame: AudioFrame): AudioFrame[] {
  const mono = frame.channels === 1 ? frame : toMono(frame);
  if (mono.sampleRate === LISTENING_RATE) return [mono];
  const resampler = new AudioResampler(mono.sampleRate, LISTENING_RATE, 1);
  return [...resampler.push(mono), ...resampler.flush()];
}

function toMono({ data, channels, sampleRate, samplesPerChannel }: AudioFrame): AudioFrame {
  const mixed = new Int16Array(samplesPerChannel);
  for (let at = 0; at < samplesPerChannel; at += 1) {
    const channel = data.subarray(at * channels, (at + 1) * channels);
    mixed[at] = Math.round(channel.reduce((sum, sample) => sum + sample, 0) / channels);
  }
  return new AudioFrame(mixed, sampleRate, 1, samplesPerChannel);
}

function bytesOf({ data }: AudioFrame): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
