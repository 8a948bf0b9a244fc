import {
  type DrivenConversation,
  type DrivenVoiceSpec,
  DriveRefusal,
  type StartDrivenConversation,
} from '../../core/calls/driven-conversation.ts';
import type { AudioLine } from '../../core/calls/transport.ts';
import type { VoiceEndpoint } from '../../core/calls/voice-spec.ts';
import type { SpeechReport, VoiceInput, VoicePiece } from '../../core/speech/callable-speech.ts';
import { createSilenceWatch } from '../voice/silence-watch.ts';
import { createDrivenOutput, LONGEST_QUEUE_MS } from './driven-output.ts';
import { createRateConverter } from './rate-converter.ts';
import { milliseconds, SPEAKING_RATE, type Utterance } from './utterance.ts';

/** Says texts: several voices as one that never fails (see `createSpeakingChain`). */
export interface DrivenVoice {
  speak(input: AsyncIterable<VoiceInput>, signal: AbortSignal): AsyncIterable<VoicePiece>;
  close(): Promise<void>;
}

export interface DrivenConversationDeps {
  createVoice: (
    endpoints: readonly VoiceEndpoint[],
    options: { language: string; report: (report: SpeechReport) => void },
  ) => DrivenVoice;
  onError: (error: unknown) => void;
}

/** How long a text takes to be said, where nobody knows yet, in ms. */
const CHARACTER_MS = 65;
const USUAL_RATES = [16_000, 44_100, 48_000];

/** How driven faces start: nothing listens, nothing thinks; what the client sends is said. */
export function createStartDrivenConversation(deps: DrivenConversationDeps): StartDrivenConversation {
  // Their filters take some ms to be made: now, while nobody waits for sound.
  for (const rate of USUAL_RATES) createRateConverter(rate, SPEAKING_RATE);
  return (spec, onEvent) => {
    let line: AudioLine | undefined;
    let closed = false;
    let speaking = false;
    let voice: { spec: string; is: DrivenVoice } | undefined;
    /** Texts are given to the voice one after the other. */
    let saying: Promise<void> = Promise.resolve();
    let stop = new AbortController();

    const output = createDrivenOutput((event) => {
      if (closed) return;
      onEvent(event);
      enter(event.type === 'speech-start');
    });
    const silence = createSilenceWatch(
      { nudgeAfterMs: null, endAfterSilenceMs: spec.endAfterSilenceMs },
      { onNudge: () => undefined, onEnd: () => !closed && onEvent({ type: 'over', reason: 'silence' }) },
    );

    const settle = () => silence.hold(closed || speaking || line === undefined || output.waitingMs() > 0);

    const enter = (next: boolean) => {
      if (next === speaking) return;
      speaking = next;
      onEvent({ type: 'state', state: next ? 'speaking' : 'listening' });
      silence.activity();
      settle();
    };

    const expectRoom = (moreMs: number) => {
      if (output.waitingMs() + moreMs <= LONGEST_QUEUE_MS) return;
      throw new DriveRefusal('speech-queue-full', 'More than 10 minutes of speech are waiting to be played');
    };

    const voiceFor = ({ language, voices }: DrivenVoiceSpec): DrivenVoice => {
      const wanted = JSON.stringify([language, voices]);
      if (voice?.spec === wanted) return voice.is;
      void voice?.is.close().catch(deps.onError);
      const is = deps.createVoice(voices, {
        language,
        report: (report) => {
          onEvent({ type: 'provider-failed', ...report });
          if (report.kind === 'all-failed')
            onEvent({ type: 'notice', code: 'voice-failed', text: 'The voice could not say the text' });
        },
      });
      voice = { spec: wanted, is };
      return is;
    };

    const synthesise = async (text: string, utterance: Utterance, by: DrivenVoice, signal: AbortSignal) => {
      try {
        if (signal.aborted) return;
        for await (const { samples, words } of by.speak(once(text), signal)) {
          if (signal.aborted) return;
          const timed = words.map(({ text: word, start, end, phonemes }) => ({
            text: word,
            startMs: start * 1_000,
            endMs: end * 1_000,
            ...(phonemes && {
              phonemes: phonemes.map((each) => ({ symbol: each.phoneme, startMs: each.start * 1_000, endMs: each.end * 1_000 })),
            }),
          }));
          output.add(utterance, samples, timed);
        }
      } catch (error) {
        if (!signal.aborted) deps.onError(error);
      } finally {
        output.end(utterance);
      }
    };

    const interrupt = (): boolean => {
      stop.abort();
      stop = new AbortController();
      const cut = output.cut();
      silence.activity();
      settle();
      return cut;
    };

    const leave = () => {
      line?.play(undefined);
      line = undefined;
      settle();
    };

    const conversation: DrivenConversation = {
      speech: output,
      speak(samples, sampleRate) {
        expectRoom(milliseconds(samples.length, sampleRate));
        output.speak(samples, sampleRate);
        silence.activity();
        settle();
      },
      say(text, by) {
        if (!by || by.voices.length === 0) {
          throw new DriveRefusal('no-speech-model', 'No voice is ready on this server; send speech with agent.speak instead');
        }
        expectRoom(text.length * CHARACTER_MS);
        const utterance = output.begin(text.length * CHARACTER_MS);
        const { signal } = stop;
        const mouth = voiceFor(by);
        saying = saying.then(() => synthesise(text, utterance, mouth, signal));
        silence.activity();
        settle();
      },
      attach(next) {
        if (closed) return;
        if (line && line !== next) line.play(undefined);
        line = next;
        next.onMicrophone(undefined);
        next.play(output);
        silence.activity();
        settle();
      },
      // What waits is said when somebody is there again.
      async detach() {
        leave();
      },
      interrupt,
      played: () => undefined,
      // biome-ignore lint/correctness/useYield: there is nobody who could answer
      async *message() {
        throw new Error('Nobody answers in a driven session');
      },
      async close() {
        if (closed) return;
        interrupt();
        closed = true;
        silence.stop();
        leave();
        await voice?.is.close().catch(deps.onError);
      },
    };
    return conversation;
  };
}

async function* once(text: string): AsyncGenerator<VoiceInput> {
  yield { type: 'text', text };
}
