import { inference, VAD, type VADEvent, VADEventType, type VADStream } from '@livekit/agents';

/** What the model looks at, at a time: 512 samples. */
const WINDOW_MS = 32;
/**
 * So much longer than the speech the model sees speech, in the median: its last window ended 49 ms after the sound had
 * fallen to 1 % of its peak, and 32 ms after the last word by forced alignment (40 sentences of four voices in four
 * places of the window).
 */
const HANGOVER_MS = 48;
/** Six windows without speech, 240 ms of real quiet. */
const QUIET_MS = 6 * WINDOW_MS - 2;
const ACTIVATION = 0.5;
const DEACTIVATION = 0.35;
/** The least that the framework's end-of-turn model asks for. */
const PROMISED_QUIET_MS = 250;
/** The framework's largest buffer per stream; we use nothing of it. */
const MOST_BUFFERED_MS = 5_000;

/**
 * The framework's voice activity with its two delays taken out: the model's own hang-over, and one window by which the
 * framework tells of quiet too late. So the wait for the end of a turn begins with the user's last sound.
 */
export class PromptVoiceActivity extends VAD {
  override label = 'visavis.PromptVoiceActivity';
  readonly #model = new inference.VAD({
    model: 'silero',
    minSilenceDuration: QUIET_MS,
    maxBufferedSpeech: MOST_BUFFERED_MS,
    activationThreshold: ACTIVATION,
    deactivationThreshold: DEACTIVATION,
  });

  constructor() {
    super({ updateInterval: WINDOW_MS });
  }

  override get minSilenceDuration(): number {
    return PROMISED_QUIET_MS;
  }

  override stream(): VADStream {
    const stream = this.#model.stream();
    const next = stream.next.bind(stream);
    stream.next = async () => {
      const result = await next();
      return result.done ? result : { done: false, value: withoutDelay(result.value) };
    };
    return stream;
  }
}

function withoutDelay(event: VADEvent): VADEvent {
  if (event.type === VADEventType.END_OF_SPEECH) return { ...event, silenceDuration: event.silenceDuration + HANGOVER_MS };
  if (event.type !== VADEventType.INFERENCE_DONE) return event;
  // What it counts here was counted before this window.
  const quiet = event.speaking ? event.probability <= DEACTIVATION : event.probability < ACTIVATION;
  if (!quiet) return { ...event, rawAccumulatedSilence: 0 };
  const hangover = event.speaking ? HANGOVER_MS : 0;
  return {
    ...event,
    rawAccumulatedSpeech: 0,
    rawAccumulatedSilence: event.rawAccumulatedSilence + WINDOW_MS + hangover,
  };
}
