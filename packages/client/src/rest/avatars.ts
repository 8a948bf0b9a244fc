import type { CallOptions, Http } from './http.ts';
import { type List, listAt, type Page, type PageQuery, page, rows } from './pages.ts';
import type { Avatar, AvatarChanges, MadeAvatar, NewAvatar, SentAvatar } from './types.ts';

/** A photo may take a while over a slow line, in ms. */
const UPLOAD_TIMEOUT_MS = 120_000;

export interface AvatarUpload {
  /** PNG, JPEG, WebP or GIF. */
  file: Blob;
  /** Of the file, where `file` has none. */
  fileName?: string | undefined;
  name: string;
  voice_id?: string | undefined;
  /** Whether the pictured person agreed to being animated; without it the picture is stored, but its face is not animated. */
  consent?: boolean | undefined;
  /** Where several people are in the picture, the one with the largest face is taken. */
  take_largest?: boolean | undefined;
}

export interface Avatars extends List<Avatar> {
  /** Those that everybody may use. */
  listPublic(query?: PageQuery, options?: CallOptions): Promise<Page<Avatar>>;
  listAllPublic(query?: Omit<PageQuery, 'cursor'>, options?: CallOptions): AsyncGenerator<Avatar, void>;
  /** @deprecated Own id only: the same as `list`. */
  listOfUser(userId: number, query?: PageQuery, options?: CallOptions): Promise<Page<Avatar>>;
  get(id: number, options?: CallOptions): Promise<Avatar>;
  /** Of a picture at an address, which is fetched after the answer; `get` tells in `status` what became of it. */
  create(body: NewAvatar, options?: CallOptions): Promise<MadeAvatar>;
  upload(avatar: AvatarUpload, options?: CallOptions): Promise<SentAvatar>;
  update(id: number, body: AvatarChanges, options?: CallOptions): Promise<void>;
  remove(id: number, options?: CallOptions): Promise<void>;
}

export function avatars(http: Http): Avatars {
  const listPublic: Avatars['listPublic'] = (query, options) => page(http, '/avatars/public', undefined, query, options);
  return {
    ...listAt<Avatar>(http, '/avatars'),
    listPublic,
    listAllPublic: (query, options) => rows((next) => listPublic(next, options), query),
    listOfUser: (userId, query, options) => page(http, `/avatars/user/${userId}`, undefined, query, options),
    get: (id, options) => http.json('GET', `/avatars/${id}`, options),
    create: (body, options) => http.json('POST', '/avatars', { ...options, body, creates: true }),
    upload({ file, fileName, name, voice_id, consent, take_largest }, options) {
      const form = new FormData();
      // Fields before the file: the server can refuse before it takes the file in.
      form.set('name', name);
      if (voice_id !== undefined) form.set('voice_id', voice_id);
      if (consent !== undefined) form.set('consent', consent ? '1' : '0');
      if (take_largest !== undefined) form.set('take_largest', take_largest ? '1' : '0');
      form.set('file', file, fileName ?? (file instanceof File ? file.name : 'avatar'));
      return http.json('POST', '/avatars/upload', { timeoutMs: UPLOAD_TIMEOUT_MS, ...options, form, creates: true });
    },
    async update(id, body, options) {
      await http.json('PUT', `/avatars/${id}`, { ...options, body });
    },
    async remove(id, options) {
      await http.json('DELETE', `/avatars/${id}`, options);
    },
  };
}
