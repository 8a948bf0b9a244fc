import { voice } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { createDecimator } from './resample.ts';

const HEARING_RATE = 16_000;
/** 32 ms: just what the voice activity looks at, so that it never waits for the rest of a window. */
const FRAME = 512;
/** After this much quiet every recogniser and the voice detection take what was said as said. */
const CLOSING_SILENCE_MS = 700;

/**
 * The one ear of a session: attached for ever and fed only while somebody is there. The framework ignores an input that
 * comes later (`framework-faults.test.ts`).
 */
export class Microphone extends voice.AudioInput {
  readonly #frames = new TransformStream<AudioFrame, AudioFrame>();
  readonly #writer = this.#frames.writable.getWriter();
  #toHearingRate = createDecimator();
  #frame = new Int16Array(FRAME);
  #filled = 0;
  #closed = false;

  constructor() {
    super();
    this.multiStream.addInputStream(this.#frames.readable);
    this.#writer.closed.catch(() => {});
  }

  /** Sound at 48 kHz; its length must be a multiple of three. */
  hear(samples: Int16Array): void {
    this.#push(this.#toHearingRate(samples));
  }

  /** Nobody is there any more: whatever was being said ends here. */
  hush(): void {
    this.#push(new Int16Array((HEARING_RATE * CLOSING_SILENCE_MS) / 1000));
    this.#toHearingRate = createDecimator();
    this.#filled = 0;
  }

  override async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writer.close().catch(() => {});
    await super.close();
  }

  #push(samples: Int16Array): void {
    if (this.#closed) return;
    for (let at = 0; at < samples.length; ) {
      const taken = Math.min(FRAME - this.#filled, samples.length - at);
      this.#frame.set(samples.subarray(at, at + taken), this.#filled);
      at += taken;
      this.#filled += taken;
      if (this.#filled < FRAME) return;
      this.#writer.write(new AudioFrame(this.#frame, HEARING_RATE, 1, FRAME)).catch(() => {});
      this.#frame = new Int16Array(FRAME);
      this.#filled = 0;
    }
  }
}
