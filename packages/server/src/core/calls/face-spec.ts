import type { Background, PictureSettings } from '@visavis/face';
import type { AgentProperties, VideoSettings } from '@visavis/protocol';
import type { Agent } from '../agents/agent.ts';
import { storedImageUrl } from '../avatars/avatar-url.ts';
import type { ImageStore } from '../avatars/image-store.ts';
import type { User } from '../users/user.ts';
import type { ClientFaceSpec, FaceSpec } from './face.ts';

/** Where avatars have the files that faces are drawn from. */
export interface FaceAssets {
  /**
   * The file for an avatar, and its `path` under the server's public address, where it has one; that of a built-in character (`substituted`) where there is no avatar, or it cannot be animated (yet), and why.
   * @throws AppError `no-capacity` where this server has no faces
   */
  fileFor(user: User, avatarId: number | null): Promise<{ file: string; path?: string; substituted: boolean; warning?: string }>;
}

export interface FaceDefaults {
  /** For 512x512 pictures; others get more or less by their size. */
  kilobitsPerSecond: number;
}

/** A face that the server may draw, and, where it can be fetched, how a client would. */
export interface ResolvedFace {
  spec: FaceSpec;
  forClient?: ClientFaceSpec;
  warnings: string[];
}

export const FACE_DEFAULTS: FaceDefaults = { kilobitsPerSecond: 700 };

const ASPECTS = { '1:1': 1, '3:4': 3 / 4, '4:3': 4 / 3, '16:9': 16 / 9 } as const;
const HEIGHT = 512;
const PIXELS = HEIGHT * HEIGHT;

/** The face of a session: the avatar's asset, as the agent's `properties.video` and the client's wishes over it want it shown. */
export async function resolveFace(
  deps: { assets: FaceAssets; backgrounds: Pick<ImageStore, 'fileOf'>; defaults: FaceDefaults; publicUrl: string },
  user: User,
  agent: Agent,
  wish: VideoSettings = {},
): Promise<ResolvedFace> {
  const { file, path, substituted, warning } = await deps.assets.fileFor(user, agent.avatarId);
  const settings = { ...(agent.properties as AgentProperties | null)?.video, ...wish };
  const key = settings.background === 'image' ? agent.backgroundKey : null;
  const behind = key === null ? undefined : deps.backgrounds.fileOf(key);
  // Where there is no picture, the face is seen before what it has itself.
  const background = settings.background === 'image' && behind === undefined ? 'own' : (settings.background ?? 'own');
  const picture = pictureOf({ ...settings, background });
  const { width, height } = picture;
  // A picture of more pixels needs less of each: its detail grows more slowly than its area.
  const size = ((width * height) / PIXELS) ** 0.75;
  return {
    spec: {
      assetFile: file,
      picture,
      ...(behind !== undefined && { backgroundFile: behind }),
      seed: agent.id,
      kilobitsPerSecond: Math.round(deps.defaults.kilobitsPerSecond * size),
    },
    ...(path !== undefined && {
      forClient: {
        url: deps.publicUrl + path,
        picture: { width, height, background, ...(key !== null && { background_url: deps.publicUrl + storedImageUrl(key) }) },
        seed: agent.id,
      },
    }),
    warnings: [
      ...(substituted ? ['avatar-substituted', ...(warning === undefined ? [] : [warning])] : []),
      ...(settings.background === background || settings.background === undefined ? [] : ['background-missing']),
    ],
  };
}

function pictureOf({ aspect = '1:1', height = HEIGHT, background = 'own' }: VideoSettings): PictureSettings {
  return { width: 2 * Math.round((height * ASPECTS[aspect]) / 2), height, background: backgroundOf(background) };
}

function backgroundOf(background: NonNullable<VideoSettings['background']>): Background {
  // A picture is read where the face is drawn.
  if (background === 'own' || background === 'image') return { type: 'own' };
  if (background === 'blur') return { type: 'blur' };
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
  return { type: 'color', red, green, blue };
}
