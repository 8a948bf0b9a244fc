import { type APIConnectOptions, stt, voice } from '@livekit/agents';
import { HEARING_RATE, type Heard, type Recogniser, type SpeechReport } from '../../core/speech/callable-speech.ts';
import { createListeningChain, type ListeningChainOptions } from './listening-chain.ts';

export interface EarsChainOptions extends Pick<ListeningChainOptions, 'restMs' | 'firstPauseMs' | 'patience' | 'now'> {
  /** In the order in which they are tried; of each, its calls are its own. */
  recognisers: readonly Recogniser[];
  /** As in `en` or `en-GB`: what transcripts say of their language where the recogniser does not. */
  language: string;
  report(report: SpeechReport): void;
}

/**
 * The ears of a conversation for LiveKit Agents: streaming, with results while somebody speaks. They never fail: who does not answer is
 * replaced by the next one, which hears the utterance from its beginning; see `listening-chain.ts`. `flush()` of a stream
 * asks for the transcript of what was said so far.
 */
export class EarsChain extends stt.STT {
  override label = 'visavis.EarsChain';
  readonly options: EarsChainOptions;

  constructor(options: EarsChainOptions) {
    super({ streaming: true, interimResults: true, alignedTranscript: false });
    this.options = options;
  }

  override get provider(): string {
    return this.options.recognisers[0]?.provider ?? 'none';
  }

  override get model(): string {
    return this.provider;
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('The ears of a conversation listen to streams only'));
  }

  override stream(options?: { connOptions?: APIConnectOptions }): stt.SpeechStream {
    return new EarsStream(this, options?.connOptions);
  }
}

class EarsStream extends stt.SpeechStream {
  override label = 'visavis.EarsStream';
  readonly #options: EarsChainOptions;

  constructor(owner: EarsChain, connOptions?: APIConnectOptions) {
    super(owner, HEARING_RATE, connOptions);
    this.#options = owner.options;
  }

  protected override async run(): Promise<void> {
    const chain = createListeningChain({
      ...this.#options,
      signal: this.abortSignal,
      onHeard: (heard) => {
        if (!this.queue.closed) this.queue.put(this.#eventOf(heard));
      },
    });
    for await (const item of this.input) {
      if (item === stt.SpeechStream.FLUSH_SENTINEL) chain.flush();
      // A copy: whoever pushes frames may use their memory again.
      else chain.push(item.data.slice());
    }
    await chain.end();
  }

  #eventOf(heard: Exclude<Heard, { type: 'flushed' }>): stt.SpeechEvent {
    if (heard.type === 'speech-start') return { type: stt.SpeechEventType.START_OF_SPEECH };
    if (heard.type === 'speech-end') return { type: stt.SpeechEventType.END_OF_SPEECH };
    const language = (heard.type === 'final' ? heard.language : undefined) ?? this.#options.language;
    const at = (seconds: number) => seconds + this.startTimeOffset;
    const data: stt.SpeechData = {
      language: language as stt.SpeechData['language'],
      text: heard.text,
      startTime: at(heard.start),
      endTime: at(heard.end),
      // No recogniser is asked how sure it is.
      confidence: 1,
    };
    if (heard.type === 'partial') return { type: stt.SpeechEventType.INTERIM_TRANSCRIPT, alternatives: [data] };
    const words = heard.words?.map(({ text, start, end }) =>
      voice.createTimedString({ text, startTime: at(start), endTime: at(end) }),
    );
    return { type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [{ ...data, ...(words && { words }) }] };
  }
}
