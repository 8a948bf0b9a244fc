import { type AvatarDetail, timestamp, type UploadedAvatar } from '@visavis/protocol';
import type { z } from 'zod';
import type { Avatar } from '../../core/avatars/avatar.ts';
import { absoluteAvatarUrl } from '../../core/avatars/avatar-url.ts';

/** An avatar as `viewerId` sees it: what another user's favourites are is nobody's business. */
export function presentAvatar(avatar: Avatar, publicUrl: string, viewerId: number): z.output<typeof AvatarDetail> {
  const url = absoluteAvatarUrl(publicUrl, avatar.url);
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
    preview_url: avatar.imageKey === null ? null : url,
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
