import { IMAGE_PATH } from '../../core/avatars/avatar-url.ts';
import type { ImageStore } from '../../core/avatars/image-store.ts';
import { AppError } from '../../core/errors.ts';
import type { App } from '../api.ts';
import { namesTag } from '../conditional.ts';

/** The stored images: public, but nobody finds one without having been given its address. What a key names never changes. */
export function avatarFileRoutes(app: App, images: ImageStore): void {
  app.get(`${IMAGE_PATH}:file`, { schema: { hide: true } }, async (request, reply) => {
    const { file } = request.params as { file: string };
    const key = /^([\w-]{32})\.webp$/.exec(file)?.[1];
    const image = key && (await images.read(key));
    if (!image) {
      void reply.header('cache-control', 'no-store');
      throw new AppError('avatar-not-found');
    }
    const tag = `"${key}"`;
    void reply.headers({
      'cache-control': 'public, max-age=31536000, immutable',
      etag: tag,
      'x-content-type-options': 'nosniff',
      // Widgets on other sites draw it.
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (namesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
    return reply.type('image/webp').send(image);
  });
}
