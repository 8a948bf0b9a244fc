import { VoiceList } from '@visavis/protocol';
import type { FastifyReply } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { type AudibleVoices, PREVIEW_PATH } from '../../core/voices/voice-previews.ts';
import { callerOf } from '../access.ts';
import type { Api, App } from '../api.ts';
import { byteRangeOf } from '../byte-range.ts';
import { answers } from '../openapi.ts';
import { presentVoice } from '../present/voice.ts';

/** Section 4 of the contract. */
export function voiceRoutes({ app, voices, configuredVoices, publicUrl }: Api): void {
  app.get(
    '/voices',
    {
      config: { access: { scope: 'any' } },
      schema: { tags: ['Voices'], operationId: 'listVoices', summary: 'List voices', response: answers({ 200: VoiceList }) },
    },
    async (request) => {
      const [own, configured] = await Promise.all([voices.list(), configuredVoices.list(callerOf(request).user)]);
      return { success: true as const, voices: [...own, ...configured].map((voice) => presentVoice(voice, publicUrl)) };
    },
  );
}

/** The previews of voices: public, as they are played by pages; what a name stands for never changes. */
export function voicePreviewRoutes(app: App, voices: AudibleVoices): void {
  app.get(`${PREVIEW_PATH}:file`, { schema: { hide: true } }, async (request, reply) => {
    const { file } = request.params as { file: string };
    const wav = await voices.preview(file).catch((error: unknown) => {
      void reply.header('cache-control', 'no-store');
      throw error;
    });
    if (!wav) {
      void reply.header('cache-control', 'no-store');
      throw new AppError('route-not-found', 'There is no such preview');
    }
    const tag = `"${file}"`;
    void reply.headers({
      'cache-control': 'public, max-age=31536000, immutable',
      etag: tag,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (request.headers['if-none-match']?.includes(tag)) return reply.code(304).send();
    return sendRange(reply.type('audio/wav'), Buffer.from(wav), request.headers.range);
  });
}

/** Safari plays nothing from a server that does not answer ranges (RFC 9110, 14.2); what is no single, good range gets it all. */
function sendRange(reply: FastifyReply, bytes: Buffer, range: string | undefined): FastifyReply {
  const part = byteRangeOf(range, bytes.length);
  if (part === undefined || part === 'unsatisfiable') return reply.send(bytes);
  return reply
    .code(206)
    .header('content-range', `bytes ${part.first}-${part.last}/${bytes.length}`)
    .send(bytes.subarray(part.first, part.last + 1));
}
