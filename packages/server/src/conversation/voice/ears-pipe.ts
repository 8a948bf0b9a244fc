import { ReadableStream } from 'node:stream/web';
import type { stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';

/** What leads from the microphone to a recogniser. The framework's own offers no hold on the recogniser's stream. */
export interface EarsPipe {
  /** The recogniser's view of this sound, for as long as it lasts. */
  listen(audio: AsyncIterable<AudioFrame>): ReadableStream<stt.SpeechEvent>;
  /** Somebody has stopped speaking: their words are wanted now, not after the recogniser's own pause. */
  flush(): void;
  /** Nobody is there: the recogniser is let go once it has told what it heard. */
  rest(): void;
  /** Somebody is there again: the next sound opens another recogniser. */
  wake(): void;
}

/** After a recogniser went away by itself, in ms. */
const REOPEN_AFTER_MS = 1_000;

/** `onLost`: a recogniser has ended by itself; another is opened with the sound that comes a second later. */
export function createEarsPipe(ears: stt.STT, onLost: () => void): EarsPipe {
  let stream: stt.SpeechStream | undefined;
  let reopenAt = 0;
  let resting = false;
  const open = (tell: (event: stt.SpeechEvent) => void): stt.SpeechStream => {
    const opened = ears.stream();
    const reading = async () => {
      for await (const event of opened) tell(event);
    };
    void reading()
      .catch(() => {})
      .finally(() => {
        opened.close();
        if (stream !== opened) return;
        stream = undefined;
        reopenAt = performance.now() + REOPEN_AFTER_MS;
        onLost();
      });
    return opened;
  };
  return {
    listen(audio) {
      let over = false;
      const finish = () => {
        over = true;
        const left = stream;
        stream = undefined;
        left?.close();
      };
      return new ReadableStream<stt.SpeechEvent>({
        async start(controller) {
          const tell = (event: stt.SpeechEvent) => {
            if (!over) controller.enqueue(event);
          };
          try {
            for await (const frame of audio) {
              if (over) return;
              if (resting) continue;
              if (!stream && performance.now() >= reopenAt) stream = open(tell);
              stream?.pushFrame(frame);
            }
          } finally {
            if (!over) {
              finish();
              controller.close();
            }
          }
        },
        cancel: finish,
      });
    },
    flush() {
      stream?.flush();
    },
    rest() {
      resting = true;
      const left = stream;
      stream = undefined;
      left?.endInput();
    },
    wake() {
      resting = false;
    },
  };
}
