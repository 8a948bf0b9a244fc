import { randomUUID } from 'node:crypto';
import { type APIConnectOptions, tts, voice } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { VOICE_RATE, type VoiceInput, type VoicePiece } from '../../core/speech/callable-speech.ts';
import type { TimedWord } from '../../core/speech/speech.ts';
import { createSpeakingChain, type SpeakingChain, type SpeakingChainOptions } from './speaking-chain.ts';

/** 40 ms: small enough to stop quickly at an interruption. */
const FRAME_SAMPLES = VOICE_RATE / 25;

/**
 * The voice of a conversation for LiveKit Agents: streaming, with the times of the written words. It never fails and never emits `error`:
 * where a voice breaks off, the next one goes on with the next word; see `speaking-chain.ts`. The texts of a
 * stream's words, joined, are the text that was pushed, as far as it was said.
 */
export class VoiceChain extends tts.TTS {
  override label = 'visavis.VoiceChain';
  readonly chain: SpeakingChain;
  readonly #options: SpeakingChainOptions;
  readonly #streams = new Set<tts.SynthesizeStream>();

  constructor(options: SpeakingChainOptions) {
    super(VOICE_RATE, 1, { streaming: true, alignedTranscript: true });
    this.#options = options;
    this.chain = createSpeakingChain(options);
  }

  override get provider(): string {
    return this.#options.voices[0]?.provider ?? 'none';
  }

  override get model(): string {
    return this.provider;
  }

  override synthesize(): never {
    throw new Error('The voice of a conversation speaks in streams only');
  }

  override stream(options?: { connOptions?: APIConnectOptions }): tts.SynthesizeStream {
    const stream: VoiceStream = new VoiceStream(this, () => this.#streams.delete(stream), options?.connOptions);
    this.#streams.add(stream);
    return stream;
  }

  /** Ends all streams, and what the voices keep open. */
  override async close(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    await Promise.allSettled(this.#options.voices.map((one) => one.close?.()));
  }
}

class VoiceStream extends tts.SynthesizeStream {
  override label = 'visavis.VoiceStream';
  readonly #chain: SpeakingChain;
  readonly #onDone: () => void;

  constructor(owner: VoiceChain, onDone: () => void, connOptions?: APIConnectOptions) {
    super(owner, connOptions);
    this.#chain = owner.chain;
    this.#onDone = onDone;
  }

  protected override async run(): Promise<void> {
    const id = randomUUID();
    try {
      for await (const piece of this.#chain.speak(this.#texts(), this.abortSignal)) {
        for (const audio of audioOf(piece, id)) if (!this.queue.closed) this.queue.put(audio);
      }
    } finally {
      this.#onDone();
      if (!this.queue.closed) this.queue.put(tts.SynthesizeStream.END_OF_STREAM);
    }
  }

  async *#texts(): AsyncGenerator<VoiceInput> {
    for await (const item of this.input) {
      if (item === tts.SynthesizeStream.FLUSH_SENTINEL) yield { type: 'flush' };
      else {
        this.markStarted();
        yield { type: 'text', text: item };
      }
    }
  }
}

/** With the phonemes, of which the framework knows nothing: it hands the same object on to the loudspeaker. */
function timedString({ text, start, end, phonemes }: TimedWord): voice.TimedString {
  return { ...voice.createTimedString({ text, startTime: start, endTime: end }), ...(phonemes && { phonemes }) };
}

/** The frames of a piece; its words come with the first. */
function* audioOf({ samples, words }: VoicePiece, id: string): Generator<tts.SynthesizedAudio> {
  const timed = words.map(timedString);
  for (let at = 0; at < Math.max(samples.length, 1); at += FRAME_SAMPLES) {
    const part = samples.slice(at, at + FRAME_SAMPLES);
    // Words without sound of their own need a frame to come with.
    const data = part.length > 0 ? part : new Int16Array(1);
    const frame = new AudioFrame(data, VOICE_RATE, 1, data.length);
    yield {
      requestId: id,
      segmentId: id,
      frame,
      final: false,
      ...(at === 0 && timed.length > 0 && { timedTranscripts: timed }),
    };
  }
}
