import { z } from 'zod';

/** A model of a provider: `local`, `ollama`, `openai` or a provider of the user's own. */
export const LanguageModelChoice = z.strictObject({
  provider: z.string().min(1).max(64).optional().meta({ description: 'Provider name; default: the server’s default model' }),
  model: z.string().min(1).max(200).optional().meta({ description: 'Model name; default: the provider’s default model' }),
});

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
    limits: z
      .strictObject({
        idle_timeout_seconds: z
          .int()
          .min(30)
          .max(86_400)
          .optional()
          .meta({ description: 'Silence after which a chat ends; default 1800' }),
        max_duration_seconds: z.int().min(60).max(604_800).optional().meta({ description: 'Longest session; default 14400' }),
        messages_per_minute: z.int().min(1).max(1_000).optional().meta({ description: 'Per session; default 120' }),
      })
      .optional(),
  })
  .meta({ id: 'AgentProperties' });

export type AgentProperties = z.infer<typeof AgentProperties>;
