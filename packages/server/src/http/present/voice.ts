import type { VoiceItem } from '@visavis/protocol';
import type { z } from 'zod';
import type { Voice } from '../../core/voices/voice.ts';

export function presentVoice(voice: Voice, publicUrl: string): z.output<typeof VoiceItem> {
  return {
    voice_id: voice.id,
    name: voice.name,
    provider: voice.provider,
    language: voice.language,
    gender: voice.gender,
    preview_url: voice.previewUrl?.startsWith('/') ? `${publicUrl}${voice.previewUrl}` : voice.previewUrl,
    available: voice.available,
  };
}
