import { z } from 'zod';

/** A model of a provider: `local`, `ollama`, `openai` or a provider of the user's own. */
export const LanguageModelChoice = z.strictObject({
  provider: z.string().min(1).max(64).optional().meta({ description: 'Provider name; default: the server’s default model' }),
  model: z.string().min(1).max(200).optional().meta({ description: 'Model name; default: the provider’s default model' }),
});

/** A recogniser or a voice of a provider: `local`, `deepgram`, `elevenlabs`, `cartesia`, `openai`, or an OpenAI-compatible one of the user's own. */
export const SpeechModelChoice = z.strictObject({
  provider: z.string().min(1).max(64).meta({ description: 'Provider name' }),
  model: z.string().min(1).max(200).optional().meta({ description: 'Model name; default: the provider’s default' }),
});
const VoiceChoice = SpeechModelChoice.extend({
  voice: z.string().min(1).max(200).optional().meta({ description: 'Voice of that provider; default: its first' }),
});
const fallbacks = <T extends z.ZodType>(choice: T) =>
  z
    .array(choice)
    .max(4)
    .optional()
    .meta({ description: 'Tried in order when it fails or hangs; the local one is always the last' });

const milliseconds = (least: number, most: number, description: string) =>
  z.int().min(least).max(most).optional().meta({ description });
const Spoken = z.string().trim().min(1).max(1_000);

/** How a spoken conversation takes turns. The defaults are `TURN_DEFAULTS`. */
const Turn = z.strictObject({
  min_endpointing_ms: milliseconds(0, 5_000, 'Wait after the user’s last sound where the turn seems to be over; default 300'),
  max_endpointing_ms: milliseconds(0, 10_000, 'Longest wait, where it does not seem so; default 1500'),
  interruptible: z.boolean().optional().meta({ description: 'Whether the user can talk over the agent; default true' }),
  interrupt_after_ms: milliseconds(50, 2_000, 'Speech of this length stops the agent; default 190'),
  resume_after_ms: milliseconds(100, 5_000, 'After a noise without words the agent goes on so much later; default 700'),
  greeting: z
    .strictObject({
      enabled: z.boolean().optional().meta({ description: 'Speak `custom_greeting` to who joins; default true' }),
      consent_note: Spoken.optional().meta({ description: 'Said after the greeting where the session is recorded' }),
    })
    .optional(),
  silence: z
    .strictObject({
      nudge_after_seconds: z.int().min(3).max(3_600).nullable().optional().meta({ description: 'Default 20; null: never' }),
      nudge: Spoken.optional().meta({ description: 'What is said then; default “Are you still there?” in the agent’s language' }),
      end_after_seconds: z.int().min(5).max(86_400).nullable().optional().meta({ description: 'Default 60; null: never' }),
    })
    .optional(),
  end_call: z.boolean().optional().meta({ description: 'The model may end the session (a tool); default false' }),
});

/** How a face is shown. */
export const VideoSettings = z.strictObject({
  aspect: z.enum(['1:1', '3:4', '4:3', '16:9']).optional().meta({ description: 'Width to height; default 1:1' }),
  height: z.int().min(128).max(720).multipleOf(2).optional().meta({ description: 'Pixels; default 512' }),
  background: z
    .union([
      z.enum(['own', 'blur', 'image']),
      z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be own, blur, image or a colour as in #20262e'),
    ])
    .optional()
    .meta({
      description:
        'Behind the head: what the avatar has (`own`, the default), that blurred, the agent’s background picture (`image`), or a colour',
    }),
});
export type VideoSettings = z.infer<typeof VideoSettings>;

/** The documented schema of an agent's `properties`. Unknown keys are refused. */
export const AgentProperties = z
  .strictObject({
    llm: LanguageModelChoice.extend({
      temperature: z.number().min(0).max(2).optional().meta({ description: 'Default: the model’s own' }),
      max_tokens: z.int().min(1).max(8192).optional().meta({ description: 'Longest reply, in tokens; default 512' }),
      fallbacks: z
        .array(LanguageModelChoice)
        .max(4)
        .optional()
        .meta({ description: 'Tried in order when the model fails or hangs' }),
    }).optional(),
    speech: z
      .strictObject({
        listen: SpeechModelChoice.extend({ fallbacks: fallbacks(SpeechModelChoice) }).optional(),
        speak: VoiceChoice.extend({
          speed: z.number().min(0.5).max(2).optional().meta({ description: '1 is the voice’s own pace' }),
          fallbacks: fallbacks(VoiceChoice),
        })
          .partial({ provider: true })
          .optional()
          .meta({ description: 'Comes before the avatar’s `voice_id`' }),
      })
      .optional(),
    turn: Turn.optional(),
    video: VideoSettings.optional().meta({ description: 'How the face is shown in `agent_video` sessions' }),
    recording: z.strictObject({ enabled: z.boolean().meta({ description: 'Record spoken sessions; default false' }) }).optional(),
    limits: z
      .strictObject({
        idle_timeout_seconds: z
          .int()
          .min(30)
          .max(86_400)
          .optional()
          .meta({ description: 'Silence after which a chat ends; default 1800' }),
        max_duration_seconds: z.int().min(60).max(604_800).optional().meta({ description: 'Longest session; default 14400' }),
        rejoin_seconds: z
          .int()
          .min(5)
          .max(3_600)
          .optional()
          .meta({ description: 'How long a spoken session waits for a client that is gone; default 60' }),
        messages_per_minute: z.int().min(1).max(1_000).optional().meta({ description: 'Per session; default 120' }),
      })
      .optional(),
  })
  .meta({ id: 'AgentProperties' });

export type AgentProperties = z.infer<typeof AgentProperties>;
