import { z } from 'zod';
import { Flag, FlagInput, Id, IdInUrl, Name, Timestamp } from './common.ts';

/** The address of a remote picture. */
export const RemoteUrl = z
  .string()
  .trim()
  .max(2_048)
  .refine(isHttpUrl, 'must be an http: or https: address')
  .meta({ format: 'uri', description: 'http: or https:; only public https: addresses are fetched' });

/** A picture in a multipart form. */
export const ImageFile = z
  .file()
  .meta({ description: 'PNG, JPEG, WebP or GIF (its first frame); at most 10 MB and 50 megapixels' });

const VoiceId = z.string().trim().min(1).max(200);

const Consent = FlagInput.meta({
  description: 'Whether the pictured person agreed to being animated; 0 or 1, a boolean is accepted too',
});

export const AvatarStatus = z
  .enum(['building', 'ready', 'failed'])
  .meta({ description: '`ready`: there is a face that can speak; `failed`: there will be none, `reason` says why' });

const TakeLargest = 'Where several people are in the picture, the one with the largest face is taken';

export const AvatarDetail = z.object({
  id: Id,
  user_id: Id,
  name: z.string(),
  url: z.string(),
  voice_id: z.string().nullable(),
  is_favorite: Flag,
  is_public: Flag,
  created_at: Timestamp,
  updated_at: Timestamp,
  status: AvatarStatus,
  reason: z.string().nullable().meta({ description: 'A stable word, as `no-face`; null unless `failed`' }),
  reason_text: z.string().nullable().meta({ description: 'A sentence for people that says what to do about `reason`' }),
  preview_url: z
    .string()
    .nullable()
    .meta({ description: 'A still of the face, or the picture itself until there is one; null where neither is there' }),
  preview_clip_url: z
    .string()
    .nullable()
    .meta({ description: 'The face speaking for three seconds, without sound (animated WebP); only with `consent`' }),
  face_url: z
    .string()
    .nullable()
    .meta({ description: 'What a page draws the face from (`openSpeakingFace` of the SDK); only while `ready`, with `consent`' }),
  consent: z.boolean(),
});

/** A bare array; the next page's cursor is in the `X-Next-Cursor` header. */
export const AvatarList = z.array(AvatarDetail);

export const CreateAvatar = z.object({
  name: Name,
  url: RemoteUrl,
  voice_id: VoiceId.nullable().optional(),
  consent: Consent.optional(),
});

export const CreatedAvatar = z.object({ id: Id, message: z.string() });

/** The fields of the multipart form. */
export const UploadAvatar = z.object({
  file: ImageFile,
  name: Name,
  voice_id: VoiceId.optional(),
  consent: z
    .enum(['0', '1', 'false', 'true'])
    .optional()
    .meta({ description: 'Without it the picture is stored, but its face is not animated' }),
  take_largest: z.enum(['0', '1', 'false', 'true']).optional().meta({ description: TakeLargest }),
});

export const UploadedAvatar = z.object({
  id: Id,
  name: z.string(),
  url: z.string(),
  voice_id: z.string().nullable(),
  cloudinary_id: z.null(),
});

export const UpdateAvatar = z
  .object({
    name: Name.optional(),
    url: RemoteUrl.optional(),
    voice_id: VoiceId.nullable().optional().meta({ description: 'null clears it' }),
    is_favorite: FlagInput.optional(),
    is_public: FlagInput.optional().meta({ description: 'Administrators only' }),
    consent: Consent.optional(),
    take_largest: FlagInput.optional().meta({ description: TakeLargest }),
  })
  .meta({ minProperties: 1 });

export const UserIdParams = z.object({ userId: IdInUrl });

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
