import { VoiceList } from '@visavis/protocol';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';

/** Section 4 of the contract. */
export function voiceRoutes({ app, voices }: Api): void {
  app.get(
    '/voices',
    {
      config: { access: { scope: 'any' } },
      schema: { tags: ['Voices'], operationId: 'listVoices', summary: 'List voices', response: answers({ 200: VoiceList }) },
    },
    async () => ({
      success: true as const,
      voices: (await voices.list()).map((voice) => ({
        voice_id: voice.id,
        name: voice.name,
        provider: voice.provider,
        language: voice.language,
        gender: voice.gender,
        preview_url: voice.previewUrl,
        available: voice.available,
      })),
    }),
  );
}
