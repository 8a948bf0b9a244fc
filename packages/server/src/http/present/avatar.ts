import { type AvatarDetail, timestamp, type UploadedAvatar } from '@visavis/protocol';
import type { z } from 'zod';
import type { Avatar } from '../../core/avatars/avatar.ts';
import { problemText } from '../../core/avatars/avatar-problem.ts';
import { absoluteAvatarUrl, assetPath, previewPath, storedImageUrl } from '../../core/avatars/avatar-url.ts';

/** An avatar as `viewerId` sees it: what another user's favourites are is nobody's business. */
export function presentAvatar(avatar: Avatar, publicUrl: string, viewerId: number): z.output<typeof AvatarDetail> {
  const url = absoluteAvatarUrl(publicUrl, avatar.url);
  const { previewKey, imageKey, assetKey } = avatar;
  const hasFace = avatar.status === 'ready' && avatar.consent && assetKey !== null;
  const still = previewKey !== null ? previewPath(previewKey, 'still') : imageKey === null ? undefined : storedImageUrl(imageKey);
  return {
    id: avatar.id,
    user_id: avatar.userId,
    name: avatar.name,
    url,
    voice_id: avatar.voiceId,
    is_favorite: avatar.isFavorite && avatar.userId === viewerId ? 1 : 0,
    is_public: avatar.isPublic ? 1 : 0,
    created_at: timestamp(avatar.createdAt),
    updated_at: timestamp(avatar.updatedAt),
    status: avatar.status,
    reason: avatar.reason,
    reason_text: avatar.reason === null ? null : (problemText(avatar.reason) ?? null),
    preview_url: still === undefined ? null : publicUrl + still,
    preview_clip_url: previewKey === null ? null : publicUrl + previewPath(previewKey, 'clip'),
    face_url: hasFace ? publicUrl + assetPath(assetKey) : null,
    consent: avatar.consent,
  };
}

export function presentUploadedAvatar(avatar: Avatar, publicUrl: string): z.output<typeof UploadedAvatar> {
  return {
    id: avatar.id,
    name: avatar.name,
    url: absoluteAvatarUrl(publicUrl, avatar.url),
    voice_id: avatar.voiceId,
    cloudinary_id: null,
  };
}
