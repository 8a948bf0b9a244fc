import type { FastifyReply, FastifyRequest } from 'fastify';
import { ASSET_PATH, IMAGE_PATH, PREVIEW_PATH } from '../../core/avatars/avatar-url.ts';
import type { FaceStore } from '../../core/avatars/face-store.ts';
import type { ImageStore } from '../../core/avatars/image-store.ts';
import { AppError } from '../../core/errors.ts';
import type { App } from '../api.ts';
import { namesTag } from '../conditional.ts';

/**
 * The stored images, the previews of faces, and the faces themselves for pages that draw them: public, but nobody finds one without having been given its address. What a key names never
 * changes.
 */
export function avatarFileRoutes(app: App, { images, faces }: { images: ImageStore; faces: FaceStore }): void {
  app.get(`${IMAGE_PATH}:file`, { schema: { hide: true } }, async (request, reply) => {
    const key = /^([\w-]{32})\.webp$/.exec(fileOf(request))?.[1];
    return sendFile(request, reply, { key, bytes: key ? await images.read(key) : undefined, seconds: 31_536_000 });
  });

  app.get(`${PREVIEW_PATH}:file`, { schema: { hide: true } }, async (request, reply) => {
    const [, key, kind] = /^([\w-]{32})\.(still|clip)\.webp$/.exec(fileOf(request)) ?? [];
    const bytes = key ? await faces.readPreview(key, kind as 'still' | 'clip') : undefined;
    // Whoever takes their consent back is not seen moving for much longer.
    return sendFile(request, reply, { key, bytes, seconds: 300 });
  });

  app.get(`${ASSET_PATH}:file`, { schema: { hide: true } }, async (request, reply) => {
    const key = /^([\w-]{32})\.face$/.exec(fileOf(request))?.[1];
    const bytes = key ? await faces.readAsset(key) : undefined;
    // As previews.
    return sendFile(request, reply, { key, bytes, seconds: 300, type: 'application/octet-stream' });
  });
}

const fileOf = (request: FastifyRequest) => (request.params as { file: string }).file;

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    key,
    bytes,
    seconds,
    type = 'image/webp',
  }: { key: string | undefined; bytes: Buffer | undefined; seconds: number; type?: string },
) {
  if (!bytes) {
    void reply.header('cache-control', 'no-store');
    throw new AppError('avatar-not-found');
  }
  const tag = `"${key}"`;
  void reply.headers({
    'cache-control': `public, max-age=${seconds}, immutable`,
    etag: tag,
    'x-content-type-options': 'nosniff',
    // Widgets on other sites draw it.
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  });
  if (namesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
  return reply.type(type).send(bytes);
}
