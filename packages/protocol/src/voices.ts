import { z } from 'zod';
import { Done } from './common.ts';

/** A voice that avatars can have. */
export const VoiceItem = z.object({
  voice_id: z.string(),
  name: z.string(),
  provider: z.string(),
  language: z.string(),
  gender: z.enum(['female', 'male', 'neutral']),
  preview_url: z.string().nullable(),
  available: z.boolean().meta({ description: 'Whether this server can speak with it now' }),
});

export const VoiceList = Done.extend({ voices: z.array(VoiceItem) });
