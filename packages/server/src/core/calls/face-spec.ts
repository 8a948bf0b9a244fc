import type { Background, PictureSettings } from '@visavis/face';
import type { AgentProperties, VideoSettings } from '@visavis/protocol';
import type { Agent } from '../agents/agent.ts';
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
  deps: { assets: FaceAssets; defaults: FaceDefaults; publicUrl: string },
  user: User,
  agent: Agent,
  wish: VideoSettings = {},
): Promise<ResolvedFace> {
  const { file, path, substituted, warning } = await deps.assets.fileFor(user, agent.avatarId);
  const settings = { ...(agent.properties as AgentProperties | null)?.video, ...wish };
  const picture = pictureOf(settings);
  const { width, height } = picture;
  // A picture of more pixels needs less of each: its detail grows more slowly than its area.
  const size = ((width * height) / PIXELS) ** 0.75;
  return {
    spec: {
      assetFile: file,
      picture,
      seed: agent.id,
      kilobitsPerSecond: Math.round(deps.defaults.kilobitsPerSecond * size),
    },
    ...(path !== undefined && {
      forClient: {
        url: deps.publicUrl + path,
        picture: { width, height, background: settings.background ?? 'own' },
        seed: agent.id,
      },
    }),
    warnings: substituted ? ['avatar-substituted', ...(warning === undefined ? [] : [warning])] : [],
  };
}

function pictureOf({ aspect = '1:1', height = HEIGHT, background = 'own' }: VideoSettings): PictureSettings {
  return { width: 2 * Math.round((height * ASPECTS[aspect]) / 2), height, background: backgroundOf(background) };
}

function backgroundOf(background: NonNullable<VideoSettings['background']>): Background {
  if (background === 'own' || background === 'blur') return { type: background };
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
  return { type: 'color', red, green, blue };
}
