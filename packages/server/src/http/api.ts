import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { SecretBox } from '../core/access/secrets.ts';
import type { Tokens } from '../core/access/tokens.ts';
import type { FaceBuilding } from '../core/avatars/build-faces.ts';
import type { FaceStore } from '../core/avatars/face-store.ts';
import type { ImageStore } from '../core/avatars/image-store.ts';
import type { Now } from '../core/clock.ts';
import type { ModelLibrary } from '../core/models/model-library.ts';
import type { ProviderProbe, ServerProviders } from '../core/providers/provider.ts';
import type { RecordingStore } from '../core/recordings/recording-store.ts';
import type { LiveSessions } from '../core/sessions/live-sessions.ts';
import type { AudioFiles } from '../core/speech/audio-files.ts';
import type { SpeechService } from '../core/speech/speech.ts';
import type { Storage } from '../core/stores.ts';
import type { ConfiguredVoices } from '../core/voices/configured-voices.ts';
import type { AudibleVoices } from '../core/voices/voice-previews.ts';
import type { Attempts } from './attempts.ts';
import type { CreateOnce } from './idempotency.ts';
import type { RateLimiter, RateLimits } from './rate-limit.ts';
import type { Health, MetricsPage } from './routes/health.ts';

/** Fastify, its requests and answers typed by Zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the server puts behind the routes; `compose.ts` chooses it. */
export interface ApiDeps {
  storage: Storage;
  images: ImageStore;
  faces: FaceStore;
  /** Gets a remote picture, see `createFetchPicture`. */
  fetchPicture: (url: string, signal: AbortSignal) => Promise<Uint8Array>;
  faceBuilding: Pick<FaceBuilding, 'wake'>;
  recordings: RecordingStore;
  voices: AudibleVoices;
  /** Those of the providers that a user can use. */
  configuredVoices: ConfiguredVoices;
  /** This server's own ears and voice. */
  speech: SpeechService;
  audioFiles: AudioFiles;
  tokens: Tokens;
  /** Seals provider keys and kept answers. */
  box: SecretBox;
  now: Now;
  /** Absolute, without a slash at its end. */
  publicUrl: string;
  live: LiveSessions;
  rateLimiter: RateLimiter;
  models: ModelLibrary;
  health: Health;
  metricsPage: MetricsPage;
  serverProviders: ServerProviders;
  probe: ProviderProbe;
  /** Whether users who are no administrators may enter addresses on this machine or its network. */
  allowPrivateProviders: boolean;
}

/** What a group of routes gets. */
export interface Api extends ApiDeps {
  app: App;
  createOnce: CreateOnce;
  attempts: Attempts;
  rateLimits: RateLimits;
}
