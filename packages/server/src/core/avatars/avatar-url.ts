/** Where stored images are served, relative to the server's public address. */
export const IMAGE_PATH = '/avatars/files/';

/** Where previews of faces are served. */
export const PREVIEW_PATH = '/avatars/previews/';

/** Where assets of faces are served, for pages that draw them. */
export const ASSET_PATH = '/avatars/faces/';

/** Path of an asset. */
export function assetPath(key: string): string {
  return `${ASSET_PATH}${key}.face`;
}

/** Path of a preview; `kind` as in `FacePreviews`. */
export function previewPath(key: string, kind: 'still' | 'clip'): string {
  return `${PREVIEW_PATH}${key}.${kind}.webp`;
}

/** What is stored as the `url` of an avatar whose image is ours: a path, so that it follows the server's public address. */
export function storedImageUrl(key: string): string {
  return `${IMAGE_PATH}${key}.webp`;
}

/** The absolute `url` of an avatar: that of a stored image under the server's public address, a remote one as it is. */
export function absoluteAvatarUrl(publicUrl: string, url: string): string {
  return url.startsWith('/') ? `${publicUrl}${url}` : url;
}
