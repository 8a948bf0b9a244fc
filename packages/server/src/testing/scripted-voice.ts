// biome-ignore lint/style/noRestrictedImports: these play the framework's providers, in tests only.
import { stt, tts, VAD, VADEventType, VADStream, voice } from '@livekit/agents';
// biome-ignore lint/style/noRestrictedImports: as above.
import { AudioFrame } from '@livekit/rtc-node';

// Ears, a voice and voice activity that keep to a script, so that a test can tell exactly what was heard and played.

const { START_OF_SPEECH, INFERENCE_DONE, END_OF_SPEECH } = VADEventType;
const VOICE_RATE = 24_000;
/** Louder than this is sound for the voice activity, in sample values. */
const SOUND = 1_000;
/** Louder than this is speech for the ears, quieter sound only noise. */
const SPEECH = 6_000;
/** The ears take an utterance as over after so much quiet, unless they are told before: 400 ms. */
const EARS_PAUSE = 20;
/** A word's number times this is the value of all its samples. */
const NUMBER_STEP = 40;

/** Sound that the scripted ears take for speech, or for noise; 48 kHz. */
export function scriptedSound(ms: number, kind: 'speech' | 'noise' | 'quiet' = 'speech'): Int16Array {
  const level = { speech: 8_000, noise: 3_000, quiet: 0 }[kind];
  return Int16Array.from({ length: ms * 48 }, (_, at) => Math.round(level * Math.sin((2 * Math.PI * 400 * at) / 48_000)));
}

export interface ScriptedEars extends stt.STT {
  /** What is understood of the next utterances, one after the other; nothing when there is none left. */
  understood: string[];
  streams: number;
}

/** `how`: streams that end at once, or never say anything. */
export function scriptedEars(script: { how?: 'ends' | 'hangs' } = {}): ScriptedEars {
  class Ears extends stt.STT {
    override label = 'scripted.Ears';
    understood: string[] = [];
    streams = 0;
    constructor() {
      super({ streaming: true, interimResults: true });
    }
    protected override async _recognize(): Promise<stt.SpeechEvent> {
      throw new Error('They only stream');
    }
    override stream(): stt.SpeechStream {
      this.streams++;
      return new EarsStream(this);
    }
  }
  class EarsStream extends stt.SpeechStream {
    override label = 'scripted.EarsStream';
    readonly #ears: Ears;
    constructor(ears: Ears) {
      super(ears, 16_000);
      this.#ears = ears;
    }
    protected override async run(): Promise<void> {
      if (script.how === 'ends') return;
      let speaking = false;
      let quiet = 0;
      const finish = () => {
        speaking = false;
        const text = this.#ears.understood.shift() ?? '';
        if (text !== '') this.queue.put(transcript(stt.SpeechEventType.FINAL_TRANSCRIPT, text));
      };
      for await (const frame of this.input) {
        if (script.how === 'hangs') continue;
        if (typeof frame === 'symbol') {
          if (speaking) finish();
          continue;
        }
        const loud = frame.data.some((sample) => Math.abs(sample) > SPEECH);
        if (loud && !speaking) {
          speaking = true;
          const [first = ''] = (this.#ears.understood[0] ?? '').split(' ');
          if (first !== '') this.queue.put(transcript(stt.SpeechEventType.INTERIM_TRANSCRIPT, first));
        }
        quiet = loud ? 0 : quiet + 1;
        if (speaking && quiet >= EARS_PAUSE) finish();
      }
      if (speaking) finish();
    }
  }
  return new Ears();
}

function transcript(type: stt.SpeechEventType, text: string): stt.SpeechEvent {
  const language = 'en' as stt.SpeechData['language'];
  return { type, alternatives: [{ text, language, startTime: 0, endTime: 0, confidence: 1 }] };
}

export interface VoiceScript {
  /** After this many words of a reply: silence, an end, or an error. */
  breakAfter?: { words: number; how: 'hang' | 'end' | 'throw' };
  /** Awaited before the first sound of every reply. */
  before?: () => Promise<void>;
  /** Of a word; by default 80 ms and 55 ms a letter. */
  wordMs?: (word: string) => number;
}

/** A voice that says numbers: every sample of a reply's word n is n × 40, to be read by `numberSaid`. Its phonemes are whole words. */
export function scriptedVoice(script: VoiceScript = {}): tts.TTS {
  const { wordMs = (word) => 80 + 55 * word.trim().length } = script;
  class Voice extends tts.TTS {
    override label = 'scripted.Voice';
    constructor() {
      super(VOICE_RATE, 1, { streaming: true, alignedTranscript: true });
    }
    override synthesize(): tts.ChunkedStream {
      throw new Error('It only streams');
    }
    override stream(): tts.SynthesizeStream {
      return new VoiceStream(this);
    }
  }
  class VoiceStream extends tts.SynthesizeStream {
    override label = 'scripted.VoiceStream';
    #number = 0;
    #ms = 0;
    #broken = false;
    protected override async run(): Promise<void> {
      let text = '';
      let first = true;
      for await (const piece of this.input) {
        if (typeof piece === 'symbol') continue;
        text += piece;
        const end = text.search(/\s\S*$/) + 1;
        if (first && end > 0) await script.before?.();
        if (end > 0) first = false;
        await this.#say(text.slice(0, end));
        text = text.slice(end);
      }
      await this.#say(text);
      this.queue.put(tts.SynthesizeStream.END_OF_STREAM);
    }
    async #say(text: string): Promise<void> {
      for (const word of text.match(/\S+/g) ?? []) {
        if (this.#broken) return;
        if (script.breakAfter && this.#number >= script.breakAfter.words) {
          if (script.breakAfter.how === 'throw') throw new Error('The voice broke');
          if (script.breakAfter.how === 'hang') await new Promise(() => {});
          this.#broken = true;
          return;
        }
        this.#number++;
        const ms = wordMs(word);
        const samples = new Int16Array((VOICE_RATE * ms) / 1_000).fill(this.#number * NUMBER_STEP);
        const step = VOICE_RATE / 25;
        for (let at = 0; at < samples.length; at += step) {
          const data = samples.slice(at, at + step);
          const [start, end] = [this.#ms / 1_000, (this.#ms + ms) / 1_000];
          const times = { text: `${word} `, startTime: start, endTime: end };
          const timed = { ...voice.createTimedString(times), phonemes: [{ phoneme: word, start, end }] };
          this.queue.put({
            requestId: 'scripted',
            segmentId: 'scripted',
            frame: new AudioFrame(data, VOICE_RATE, 1, data.length),
            final: false,
            ...(at === 0 ? { timedTranscripts: [timed] } : {}),
          });
        }
        this.#ms += ms;
      }
    }
  }
  return new Voice();
}

/** The number of the word that a 20 ms frame of a line says in its middle; 0: silence. */
export function numberSaid(frame: Int16Array): number {
  return Math.round((frame[frame.length / 2] ?? 0) / NUMBER_STEP);
}

/** Voice activity by loudness, with the times of the real one: 50 ms of sound begin it, 250 ms of quiet end it. */
export function scriptedVoiceActivity(): VAD {
  class Loudness extends VAD {
    override label = 'scripted.Loudness';
    constructor() {
      super({ updateInterval: 32 });
    }
    override stream(): VADStream {
      return new LoudnessStream(this);
    }
  }
  class LoudnessStream extends VADStream {
    constructor(vad: VAD) {
      super(vad);
      void this.#run();
    }
    async #run(): Promise<void> {
      let speaking = false;
      let [sound, quiet, speech, silence] = [0, 0, 0, 0];
      for (;;) {
        const { done, value: frame } = await this.inputReader.read();
        if (done) return;
        if (typeof frame === 'symbol') continue;
        const ms = (frame.samplesPerChannel / frame.sampleRate) * 1_000;
        const tell = (type: VADEventType) =>
          this.sendVADEvent({
            type,
            samplesIndex: 0,
            timestamp: Date.now(),
            speechDuration: speech,
            silenceDuration: silence,
            frames: [frame],
            probability: sound > 0 ? 1 : 0,
            inferenceDuration: 0,
            speaking,
            rawAccumulatedSilence: quiet,
            rawAccumulatedSpeech: sound,
          });
        const loud = frame.data.some((sample) => Math.abs(sample) > SOUND);
        if (speaking) speech += ms;
        else silence += ms;
        tell(INFERENCE_DONE);
        if (loud) {
          sound += ms;
          quiet = 0;
          if (!speaking && sound >= 50) {
            speaking = true;
            silence = 0;
            speech = sound;
            tell(START_OF_SPEECH);
          }
        } else {
          quiet += ms;
          sound = 0;
          if (speaking && quiet >= 250) {
            speaking = false;
            silence = quiet;
            tell(END_OF_SPEECH);
            speech = 0;
          }
        }
      }
    }
  }
  return new Loudness();
}
