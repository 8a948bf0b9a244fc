import { CAST } from '@visavis/face';
import type { Product } from './product.ts';

/** Until a new server has built its built-in faces, which takes it some seconds of both cores. */
export async function builtInFaces(of: Product): Promise<void> {
  for (;;) {
    const avatars: Array<{ preview_clip_url: string | null }> = await of.call('GET', '/avatars/public');
    if (avatars.length === CAST.length && avatars.every((avatar) => avatar.preview_clip_url !== null)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
