import { z } from 'zod';
import { Done, DoneWithMessage } from './common.ts';

/** A model that can run on the server's own machine. */
export const ModelItem = z
  .object({
    name: z.string(),
    task: z.string(),
    title: z.string(),
    languages: z.array(z.string()),
    licence: z.object({ name: z.string(), url: z.string() }),
    size_bytes: z.int(),
    state: z.enum(['absent', 'queued', 'downloading', 'verifying', 'ready', 'failed']),
    progress: z.number().meta({ description: '0 to 1' }),
    received_bytes: z.int(),
    bytes_per_second: z.number(),
    seconds_left: z.number().optional(),
    error: z.string().optional(),
    in_use: z.boolean(),
  })
  .meta({ id: 'Model' });

export const ModelParams = z.object({ name: z.string().min(1).max(200).meta({ description: 'Name in the catalogue' }) });
export const ModelList = Done.extend({ models: z.array(ModelItem) });
export const ModelAnswer = Done.extend({ model: ModelItem });
export const ModelVerified = ModelAnswer.extend({
  problems: z.array(z.string()).meta({ description: 'What is wrong, one text a file; empty where all is well' }),
});
export const ModelRemoved = DoneWithMessage;
