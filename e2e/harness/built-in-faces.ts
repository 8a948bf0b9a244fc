import type { Product } from './product.ts';
import { until } from './until.ts';

/** Until a new server has built its built-in faces: what that takes and leaves behind is no part of what is measured after it. */
export function builtInFaces({ api }: Product): Promise<unknown> {
  const built = async () => {
    const { body } = await api.call<Array<{ preview_clip_url: string | null }>>('GET', '/api/v1/avatars/public');
    return body.length > 0 && body.every(({ preview_clip_url }) => preview_clip_url !== null);
  };
  return until('the built-in faces to be built', built, 120_000);
}
