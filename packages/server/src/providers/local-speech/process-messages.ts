import { z } from 'zod';

const Accent = z.enum(['en-US', 'en-GB']);

/** How a voice's words sound. Of English: its lexicons and the accent; the spelling of Spanish says it all. */
const Pronunciation = z.union([z.object({ folder: z.string(), accent: Accent }), z.literal('spanish')]);
export type Pronunciation = z.infer<typeof Pronunciation>;

/** How a voice is made, and where its files are. */
export const VoiceSpec = z.discriminatedUnion('engine', [
  z.object({ engine: z.literal('flite'), voice: z.enum(['slt', 'rms', 'awb']) }),
  z.object({ engine: z.literal('piper'), modelPath: z.string(), pronunciation: Pronunciation }),
  z.object({
    engine: z.literal('kokoro'),
    modelPath: z.string(),
    stylePath: z.string(),
    pronunciation: Pronunciation,
  }),
]);
export type VoiceSpec = z.infer<typeof VoiceSpec>;

/** A recognition model and where its files are. */
export const RecogniserSpec = z.object({ engine: z.enum(['moonshine', 'whisper']), folder: z.string() });
export type RecogniserSpec = z.infer<typeof RecogniserSpec>;

/** A voice that can be heard on this machine. */
export const InstalledVoice = z.object({
  id: z.string(),
  /** As in `en-US`. */
  language: z.string(),
  gender: z.enum(['female', 'male', 'neutral']),
  spec: VoiceSpec,
  /** What brings it to the common loudness. */
  gain: z.number().positive(),
});
export type InstalledVoice = z.infer<typeof InstalledVoice>;

export const InstalledRecogniser = z.object({
  model: z.string(),
  languages: z.array(z.string()),
  /** Whether it is quick enough to say what an utterance may be while it is being said. */
  partials: z.boolean(),
  spec: RecogniserSpec,
});
export type InstalledRecogniser = z.infer<typeof InstalledRecogniser>;

/** What is on this machine to hear and speak with. */
export const InstalledSpeech = z.object({
  /** Recognition needs a recogniser and a model that tells speech from the rest. */
  ears: z.object({ recognisers: z.array(InstalledRecogniser), voiceActivityPath: z.string() }).optional(),
  /** The first is the default; there is always one. */
  voices: z.array(InstalledVoice),
});
export type InstalledSpeech = z.infer<typeof InstalledSpeech>;

/** What the parent tells the speech process, over IPC. */
export const ToSpeechProcess = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    apiKey: z.string(),
    /** The port to listen on if it is free; 0 for any. */
    port: z.int(),
  }),
  /** Take these models into use; answered with `installed` when they are loaded. */
  z.object({ type: z.literal('install'), version: z.int(), speech: InstalledSpeech }),
]);
export type ToSpeechProcess = z.infer<typeof ToSpeechProcess>;

/** What the speech process tells its parent. */
export const FromSpeechProcess = z.discriminatedUnion('type', [
  z.object({ type: z.literal('listening'), port: z.int() }),
  /** `speech` is in use now; what could not be loaded is left out of it, and `problem` says why. */
  z.object({ type: z.literal('installed'), version: z.int(), speech: InstalledSpeech, problem: z.string().optional() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);
export type FromSpeechProcess = z.infer<typeof FromSpeechProcess>;
