import { z } from 'zod';

/** What the parent tells the model process, once, over IPC (never in its arguments, which other users can read). */
export const StartMessage = z.object({
  type: z.literal('start'),
  modelPath: z.string(),
  model: z.string(),
  apiKey: z.string(),
  /** The port to listen on if it is free; 0 for any. */
  port: z.int(),
  contextTokens: z.int().positive(),
  parallel: z.int().positive(),
  waiting: z.int().nonnegative(),
  threads: z.int().positive().optional(),
});
export type StartMessage = z.infer<typeof StartMessage>;

/** What the model process tells its parent. */
export const ProcessMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('loading'), progress: z.number() }),
  z.object({ type: z.literal('ready'), port: z.int(), contextTokens: z.int() }),
  z.object({ type: z.literal('queue'), running: z.int(), waiting: z.int() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
]);
export type ProcessMessage = z.infer<typeof ProcessMessage>;
