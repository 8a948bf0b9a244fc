import { join } from 'node:path';
import { pino } from 'pino';
import { createAudioFiles } from '../audio-files/audio-files.ts';
import { openPreviewFolder } from '../audio-files/preview-folder.ts';
import { SCOPES } from '../core/access/api-key.ts';
import { issueApiKey } from '../core/access/issue-api-key.ts';
import { createSecretBox } from '../core/access/secrets.ts';
import { createTokens } from '../core/access/tokens.ts';
import { AvatarProblemError } from '../core/avatars/avatar-problem.ts';
import type { FaceBuilding } from '../core/avatars/build-faces.ts';
import type { FaceStore } from '../core/avatars/face-store.ts';
import type { ImageStore } from '../core/avatars/image-store.ts';
import { AppError } from '../core/errors.ts';
import type { ModelLibrary } from '../core/models/model-library.ts';
import type { ProviderProbe, ServerProviders } from '../core/providers/provider.ts';
import type { RecordingStore } from '../core/recordings/recording-store.ts';
import {
  createLiveSessions,
  type LiveSessions,
  type LiveSessionsDeps,
  type ResolveSpeech,
} from '../core/sessions/live-sessions.ts';
import { SESSION_DEFAULTS } from '../core/sessions/start-session.ts';
import type { SpeechService } from '../core/speech/speech.ts';
import { speechWithoutEngine } from '../core/speech/speech-without-engine.ts';
import type { Storage } from '../core/stores.ts';
import type { User } from '../core/users/user.ts';
import { voicesWithoutEngine } from '../core/voices/built-in-voices.ts';
import { type ConfiguredVoicesDeps, createConfiguredVoices } from '../core/voices/configured-voices.ts';
import type { VoiceCatalogue } from '../core/voices/voice.ts';
import { withPreviews } from '../core/voices/voice-previews.ts';
import type { App } from '../http/api.ts';
import { type AppOptions, buildApp } from '../http/app.ts';
import { presentMessage } from '../http/present/message.ts';
import { createRateLimiter } from '../http/rate-limit.ts';
import { openFaceFolder } from '../images/face-folder.ts';
import { openImageFolder } from '../images/image-folder.ts';
import { createSlots } from '../images/slots.ts';
import { OPENAI_VOICES } from '../providers/cloud-speech/vendor-rest.ts';
import { ffmpegProgram } from '../providers/ffmpeg-program.ts';
import { assertPublicUrl } from '../providers/private-network.ts';
import { openRecordingFolder } from '../recordings/recording-folder.ts';
import { createWorkerHost, type WorkerHost } from '../workers/worker-host.ts';
import { createInProcessHost } from './in-process-host.ts';
import type { OpenAiServer } from './openai-server.ts';
import { scriptedEndpoint } from './scripted-endpoint.ts';
import { temporaryStorage } from './temporary-storage.ts';

const NO_MODELS: ModelLibrary = {
  list: () => [],
  find: () => undefined,
  pull: () => undefined,
  verify: async () => [],
  remove: async () => undefined,
  inUse: () => [],
};
const SECRET = 'a secret for tests only';

export interface TestAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  body: any;
  headers: Record<string, unknown>;
}

export interface TestApi {
  app: App;
  live: LiveSessions;
  storage: Storage;
  images: ImageStore;
  faces: FaceStore;
  recordings: RecordingStore;
  /** The folder of `recordings`: what is put into it has been recorded. */
  recordingFolder: string;
  /** An administrator, with a key of every scope. */
  user: User;
  apiKey: string;
  /** One request as `user` (or with other headers); a string or Buffer body is sent as it is. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  /** Another user with a key of every scope. */
  anotherUser(role?: User['role']): Promise<{ user: User; apiKey: string }>;
  close(): Promise<void>;
}

export interface TestApiOptions {
  rateLimit?: boolean;
  now?: () => number;
  /** Answers every agent, through real conversations in this process; without it there is no language model. */
  models?: OpenAiServer;
  /** What the server offers besides; nothing, where absent. */
  serverProviders?: ServerProviders;
  /** Looks at providers that users enter; by default it only judges addresses. */
  probe?: ProviderProbe;
  allowPrivateProviders?: boolean;
  /** The models of the machine; none, where absent. */
  modelLibrary?: ModelLibrary;
  /** Speaks and listens; by default nobody does. */
  speech?: SpeechService;
  voices?: VoiceCatalogue;
  /** What vendors of speech answer; no voices, where absent. */
  fetchVoices?: ConfiguredVoicesDeps['fetchVoices'];
  /** Who listens and speaks in calls; by default nobody does. */
  resolveSpeech?: ResolveSpeech;
  /** Builds the faces of avatars; by default nobody does. */
  fetchPicture?: (url: string, signal: AbortSignal) => Promise<Uint8Array>;
  faceBuilding?: (made: { storage: Storage; images: ImageStore; faces: FaceStore }) => FaceBuilding;
  resolveFace?: LiveSessionsDeps['resolveFace'];
  /** Where sessions are hosted; by default in this process, without calls. */
  host?: WorkerHost;
  requestTimeoutMs?: number;
  publicUrl?: string;
  /** The built pages; none, where absent. */
  webFolders?: AppOptions['webFolders'];
  /** Gets every line of the log. */
  log?: (line: string) => void;
}

const NOTHING_OFFERED: ServerProviders = {
  default: () => undefined,
  find: () => undefined,
  names: () => [],
  local: () => ({ state: 'absent' }),
  vendor: () => undefined,
};

const ADDRESSES_ONLY: ProviderProbe = {
  check: async (url) => assertPublicUrl(url),
  test: () => Promise.reject(new Error('This test has no probe')),
  testVendor: () => Promise.reject(new Error('This test has no probe')),
};

/** The real HTTP side over a real database, without a network socket and without worker processes. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const temporary = await temporaryStorage();
  const { storage } = temporary;
  const now = options.now ?? Date.now;
  const images = await openImageFolder(join(temporary.folder, 'avatars'));
  const faces = await openFaceFolder(join(temporary.folder, 'faces'));
  const faceBuilding = options.faceBuilding?.({ storage, images, faces });
  const recordingFolder = join(temporary.folder, 'recordings');
  const recordings = await openRecordingFolder(recordingFolder);
  const rateLimiter = createRateLimiter({ enabled: options.rateLimit ?? false, now });
  const host = options.host ?? (await hostFor(options.models));
  const live = createLiveSessions({
    storage,
    host,
    now,
    defaults: SESSION_DEFAULTS,
    resolveModels: async () =>
      options.models ? [scriptedEndpoint(options.models)] : Promise.reject(new AppError('no-language-model')),
    observe: () => undefined,
    observeSpoken: () => undefined,
    observeFailure: () => undefined,
    present: presentMessage,
    resolveSpeech: options.resolveSpeech ?? (() => Promise.reject(new AppError('no-speech-model'))),
    resolveVoices: async (user, agent, voiceId) => (await options.resolveSpeech?.(user, agent, voiceId))?.voices ?? [],
    resolveFace: options.resolveFace ?? (() => Promise.reject(new AppError('no-capacity'))),
    iceServers: () => [],
    greetingOf: (agent) => agent.customGreeting ?? undefined,
    onError: () => undefined,
  });
  host.listen({ event: live.callLog.handle, lost: live.callLog.lost });
  const speech = options.speech ?? speechWithoutEngine;
  const audioFiles = createAudioFiles({
    program: ffmpegProgram(),
    folder: join(temporary.folder, 'uploads'),
    decoding: createSlots({ running: 2, waiting: 20 }),
  });
  const previews = openPreviewFolder(join(temporary.folder, 'voices'));
  const box = createSecretBox(SECRET, 'storage');
  const app = await buildApp({
    live,
    rateLimiter,
    models: options.modelLibrary ?? NO_MODELS,
    health: { ready: () => true, models: () => [] },
    metricsPage: { contentType: 'text/plain', render: async () => '' },
    observeRequest: () => undefined,
    storage,
    images,
    faces,
    fetchPicture: options.fetchPicture ?? (() => Promise.reject(new AvatarProblemError('address-unreachable'))),
    faceBuilding: faceBuilding ?? { wake: () => undefined },
    recordings,
    configuredVoices: createConfiguredVoices({
      stores: storage.read,
      serverProviders: options.serverProviders ?? NOTHING_OFFERED,
      box,
      allowPrivateProviders: options.allowPrivateProviders ?? false,
      fetchVoices: options.fetchVoices ?? (async () => []),
      openAiVoices: OPENAI_VOICES,
      now,
    }),
    voices: withPreviews(options.voices ?? voicesWithoutEngine, { speech, store: previews, engineOf: () => 'test' }),
    speech,
    audioFiles,
    tokens: createTokens(SECRET),
    box,
    now,
    publicUrl: options.publicUrl ?? 'http://127.0.0.1:3000',
    serverProviders: options.serverProviders ?? NOTHING_OFFERED,
    probe: options.probe ?? ADDRESSES_ONLY,
    allowPrivateProviders: options.allowPrivateProviders ?? false,
    logger: options.log ? pino({ level: 'trace' }, { write: options.log }) : pino({ level: 'silent' }),
    trustProxy: false,
    checkAnswers: true,
    ...(options.webFolders && { webFolders: options.webFolders }),
    ...(options.requestTimeoutMs !== undefined && { requestTimeoutMs: options.requestTimeoutMs }),
    access: {
      rateLimits: { apiKey: 60, user: 600, session: 120, address: 120 },
      keyUsed: () => undefined,
    },
  });
  await app.ready();

  const newUser = (role: User['role']) =>
    storage.write(async (stores) => {
      const user = await stores.users.insert({ role, email: null, name: role, limits: {} }, now());
      const { text } = await issueApiKey({ stores, now }, user.id, { name: 'test', scopes: SCOPES, rateLimit: null });
      return { user, apiKey: text };
    });
  const { user, apiKey } = await newUser('administrator');

  return {
    app,
    live,
    storage,
    images,
    faces,
    recordings,
    recordingFolder,
    user,
    apiKey,
    async call(method, path, body, headers = {}) {
      const raw = typeof body === 'string' || Buffer.isBuffer(body);
      const answer = await app.inject({
        method: method as 'GET',
        url: path.startsWith('/api') || path.startsWith('/v1') ? path : `/api/v1${path}`,
        headers: {
          ...(headers['x-api-key'] === undefined && headers.authorization === undefined && { 'x-api-key': apiKey }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: raw ? body : JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: jsonOrText(answer.body), headers: answer.headers };
    },
    anotherUser: (role = 'member') => newUser(role),
    async close() {
      await app.close();
      await faceBuilding?.stop();
      await temporary.remove();
    },
  };
}

/** Conversations in this process; the framework is loaded only where a test converses. */
async function hostFor(models: OpenAiServer | undefined): Promise<WorkerHost> {
  if (!models) return createWorkerHost({ pick: () => undefined, anyReady: () => Promise.resolve() });
  const [{ createStartConversation }, { createLanguageModelConnections }, { createLanguageModel }] = await Promise.all([
    import('../conversation/start-conversation.ts'),
    import('../providers/openai-compatible/connections.ts'),
    import('../providers/openai-compatible/language-model.ts'),
  ]);
  const connections = createLanguageModelConnections();
  const start = createStartConversation({
    createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
    report: () => undefined,
  });
  return createInProcessHost(start).host;
}

function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
