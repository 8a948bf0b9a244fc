import { readFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { FACE_DEFAULTS } from './core/calls/face-spec.ts';
import type { WebRtcSettings } from './core/calls/ice-servers.ts';
import { nearestName } from './core/nearest-name.ts';
import { type ServerVendors, SPEECH_VENDORS, type SpeechVendor } from './core/providers/speech-vendor.ts';
import { SESSION_DEFAULTS, type SessionDefaults } from './core/sessions/start-session.ts';
import { apiKeysProblem } from './core/users/first-user.ts';
import { StartError } from './start-error.ts';

/** Everything that can be set, read once. Secrets in it are never printed. */
export interface Config {
  port: number;
  host: string;
  /** Absolute, without a slash at its end. */
  publicUrl: string;
  dataDir: string;
  modelsDir: string;
  /** Folders of the user's own with model files. */
  modelFolders: string[];
  apiKeys: string[];
  secret: string | undefined;
  /** The default language model; undefined = the best that is there. */
  llm: { provider: string; model: string } | undefined;
  /** The local recognition model; `none` = the server hears nothing; undefined = the default. */
  stt: string | undefined;
  /** The default voice, local; `none` = the server has no voice; undefined = the default. */
  tts: string | undefined;
  openai: { apiKey: string | undefined; baseUrl: string | undefined } | undefined;
  /** Vendors of speech that all users may use. */
  vendors: ServerVendors;
  /** Requests a minute per API key; 0 = no request and no message limits. */
  rateLimit: number;
  workers: number;
  databaseUrl: string | undefined;
  trustProxy: boolean;
  logLevel: string;
  allowPrivateProviders: boolean;
  webrtc: WebRtcSettings;
  sessions: SessionDefaults;
  /** So many faces are carried at a time, by all workers together. */
  mostFaces: number;
  /** Of 512x512 pictures. */
  videoKilobits: number;
}

/** A face takes about a fifth of a core where it speaks half of the time, and a third of the machine is left for the rest (docs/face.md). */
const FACES_PER_CORE = 3;

/** A TURN password is good for a whole day: the longest sessions have a re-join in them. */
const TURN_TTL_MS = 24 * 60 * 60_000;

const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0', 'on', 'off'])])
  .transform((value) => [true, 'true', '1', 'on'].includes(value));
const limit = number(1, 1_000_000);

/** Addresses of STUN or TURN servers (RFC 7064, RFC 7065), separated by commas. */
const list = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(',').map((part) => part.trim()))])
  .refine((urls) => urls.every((url) => /^(stun|turn)s?:\S+$/.test(url)), 'must be addresses as in stun:stun.example.org:3478');

/** `local/<name>` as the name, or `none`. */
const localOrNone = z
  .string()
  .regex(/^(none|local\/.+)$/, 'must be local/<name> or none')
  .transform((value) => value.replace(/^local\//, ''))
  .optional();

/** The file's settings; the environment's have the names below and come first. */
const Settings = z.strictObject({
  port: number(0, 65_535).optional(),
  host: z.string().min(1).optional(),
  public_url: z.url({ protocol: /^https?$/ }).optional(),
  data_dir: z.string().min(1).optional(),
  models_dir: z.string().min(1).optional(),
  model_folders: z.array(z.string().min(1)).optional(),
  api_key: z.string().min(1).optional(),
  secret: z.string().min(32, 'must have at least 32 characters; for example the output of "openssl rand -hex 32"').optional(),
  llm: z
    .string()
    .regex(/^(local|openai|ollama)\/.+$/, 'must be local/<model>, openai/<model> or ollama/<model>')
    .optional(),
  stt: localOrNone,
  tts: localOrNone,
  openai_api_key: z.string().min(1).optional(),
  openai_base_url: z.url({ protocol: /^https?$/ }).optional(),
  deepgram_api_key: z.string().min(1).optional(),
  deepgram_base_url: z.url({ protocol: /^https?$/ }).optional(),
  elevenlabs_api_key: z.string().min(1).optional(),
  elevenlabs_base_url: z.url({ protocol: /^https?$/ }).optional(),
  cartesia_api_key: z.string().min(1).optional(),
  cartesia_base_url: z.url({ protocol: /^https?$/ }).optional(),
  rate_limit: number(0, 1_000_000).optional(),
  workers: number(1, 64).optional(),
  database_url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  redis_url: z.never('is for several machines, which this version cannot do yet; leave it out').optional(),
  trust_proxy: flag.optional(),
  log_level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
  allow_private_providers: flag.optional(),
  stun: list.optional(),
  turn_urls: list.optional(),
  turn_secret: z.string().min(1).optional(),
  udp_ports: z
    .string()
    .regex(/^\d{4,5}-\d{4,5}$/, 'must be a range as in 50000-50100')
    .transform((range) => range.split('-').map(Number) as [number, number])
    .refine(
      ([first, last]) => first >= 1024 && last <= 65_535 && last - first >= 9,
      'must be at least ten ports from 1024 to 65535',
    )
    .optional(),
  public_ip: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional(),
  ipv6: flag.optional(),
  most_faces: number(0, 10_000).optional(),
  video_kilobits: number(100, 10_000).optional(),
  sessions: z
    .strictObject({
      idle_timeout_seconds: limit.optional(),
      max_duration_seconds: limit.optional(),
      concurrent: limit.optional(),
      messages_per_minute: limit.optional(),
      join_within_seconds: limit.optional(),
      rejoin_seconds: limit.optional(),
    })
    .optional(),
});

const ENVIRONMENT: Record<string, keyof z.input<typeof Settings>> = {
  PORT: 'port',
  HOST: 'host',
  VISAVIS_PUBLIC_URL: 'public_url',
  VISAVIS_DATA_DIR: 'data_dir',
  VISAVIS_MODELS_DIR: 'models_dir',
  VISAVIS_API_KEY: 'api_key',
  VISAVIS_SECRET: 'secret',
  VISAVIS_LLM: 'llm',
  VISAVIS_STT: 'stt',
  VISAVIS_TTS: 'tts',
  OPENAI_API_KEY: 'openai_api_key',
  OPENAI_BASE_URL: 'openai_base_url',
  DEEPGRAM_API_KEY: 'deepgram_api_key',
  DEEPGRAM_BASE_URL: 'deepgram_base_url',
  ELEVENLABS_API_KEY: 'elevenlabs_api_key',
  ELEVENLABS_BASE_URL: 'elevenlabs_base_url',
  CARTESIA_API_KEY: 'cartesia_api_key',
  CARTESIA_BASE_URL: 'cartesia_base_url',
  VISAVIS_RATE_LIMIT: 'rate_limit',
  VISAVIS_WORKERS: 'workers',
  DATABASE_URL: 'database_url',
  REDIS_URL: 'redis_url',
  VISAVIS_TRUST_PROXY: 'trust_proxy',
  VISAVIS_LOG_LEVEL: 'log_level',
  VISAVIS_STUN: 'stun',
  VISAVIS_TURN_URLS: 'turn_urls',
  VISAVIS_TURN_SECRET: 'turn_secret',
  VISAVIS_UDP_PORTS: 'udp_ports',
  VISAVIS_PUBLIC_IP: 'public_ip',
  VISAVIS_MOST_FACES: 'most_faces',
  VISAVIS_VIDEO_KILOBITS: 'video_kilobits',
};

/** Reads the configuration from the environment and the file that `VISAVIS_CONFIG` names; a `StartError` says what is wrong. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const file = environment.VISAVIS_CONFIG;
  const fromFile = file ? check(readFile(file), (path) => (path ? `${file}: ${path}` : file)) : {};
  const given: Record<string, unknown> = {};
  for (const [variable, name] of Object.entries(ENVIRONMENT)) {
    const value = environment[variable];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const variableOf = (path: string) => Object.entries(ENVIRONMENT).find(([, name]) => name === path)?.[0] ?? path;
  const settings = { ...fromFile, ...check(given, variableOf) };

  const port = settings.port ?? 3000;
  const host = settings.host ?? '127.0.0.1';
  const apiKeys =
    settings.api_key
      ?.split(',')
      .map((key) => key.trim())
      .filter(Boolean) ?? [];
  if ((settings.turn_urls === undefined) !== (settings.turn_secret === undefined)) {
    throw new StartError('VISAVIS_TURN_URLS and VISAVIS_TURN_SECRET belong together: set both, or none.');
  }
  const keyProblem = apiKeysProblem(apiKeys);
  if (keyProblem !== undefined) throw new StartError(keyProblem);
  const [provider = '', ...model] = settings.llm?.split('/') ?? [];
  const { openai_api_key: apiKey, openai_base_url: baseUrl, sessions = {} } = settings;
  return Object.freeze({
    port,
    host,
    publicUrl: (settings.public_url ?? defaultUrl(host, port)).replace(/\/+$/, ''),
    dataDir: resolve(settings.data_dir ?? 'data'),
    modelsDir: resolve(settings.models_dir ?? join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'visavis', 'models')),
    modelFolders: (settings.model_folders ?? []).map((folder) => resolve(folder)),
    apiKeys,
    secret: settings.secret,
    llm: settings.llm === undefined ? undefined : { provider, model: model.join('/') },
    stt: settings.stt,
    tts: settings.tts,
    openai: apiKey === undefined && baseUrl === undefined ? undefined : { apiKey, baseUrl },
    vendors: vendorsOf(settings),
    rateLimit: settings.rate_limit ?? 60,
    workers: settings.workers ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    databaseUrl: settings.database_url,
    trustProxy: settings.trust_proxy ?? false,
    logLevel: settings.log_level ?? 'info',
    allowPrivateProviders: settings.allow_private_providers ?? false,
    webrtc: {
      iceServers: settings.stun === undefined ? [] : [{ urls: settings.stun }],
      turnUrls: settings.turn_urls ?? [],
      turnSecret: settings.turn_secret,
      turnTtlMs: TURN_TTL_MS,
      udpPorts: settings.udp_ports && { min: settings.udp_ports[0], max: settings.udp_ports[1] },
      publicIp: settings.public_ip,
      ipv6: settings.ipv6 ?? true,
    },
    sessions: {
      idleTimeoutMs: seconds(sessions.idle_timeout_seconds) ?? SESSION_DEFAULTS.idleTimeoutMs,
      maxDurationMs: seconds(sessions.max_duration_seconds) ?? SESSION_DEFAULTS.maxDurationMs,
      concurrentSessions: sessions.concurrent ?? SESSION_DEFAULTS.concurrentSessions,
      messagesPerMinute: sessions.messages_per_minute ?? SESSION_DEFAULTS.messagesPerMinute,
      joinWithinMs: seconds(sessions.join_within_seconds) ?? SESSION_DEFAULTS.joinWithinMs,
      rejoinMs: seconds(sessions.rejoin_seconds) ?? SESSION_DEFAULTS.rejoinMs,
    },
    mostFaces: settings.most_faces ?? FACES_PER_CORE * availableParallelism(),
    videoKilobits: settings.video_kilobits ?? FACE_DEFAULTS.kilobitsPerSecond,
  });
}

function vendorsOf(settings: z.output<typeof Settings>): ServerVendors {
  const vendors: ServerVendors = {};
  for (const [name, { baseUrl }] of Object.entries(SPEECH_VENDORS) as Array<[SpeechVendor, { baseUrl: string }]>) {
    const apiKey = settings[`${name}_api_key`];
    const address = settings[`${name}_base_url`];
    if (apiKey !== undefined) vendors[name] = { apiKey, baseUrl: (address ?? baseUrl).replace(/\/+$/, '') };
    else if (address !== undefined) throw new StartError(`${name}_base_url has no effect without ${name}_api_key.`);
  }
  return vendors;
}

/** The address people type, where the server listens on every one. */
export function defaultUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** The settings of a server that was to take any free port, with the one that it has. */
export function withPort(config: Config, port: number): Config {
  const publicUrl = config.publicUrl === defaultUrl(config.host, config.port) ? defaultUrl(config.host, port) : config.publicUrl;
  return { ...config, port, publicUrl };
}

const seconds = (value: number | undefined) => (value === undefined ? undefined : value * 1000);

function readFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new StartError(`The configuration file ${file} cannot be read; correct VISAVIS_CONFIG or leave it out.`);
  }
  try {
    return parseYaml(text) ?? {};
  } catch (error) {
    const where = error instanceof Error ? error.message.split('\n')[0] : '';
    throw new StartError(`The configuration file ${file} is not valid YAML: ${where}`);
  }
}

function check(given: unknown, nameOf: (path: string) => string): z.output<typeof Settings> {
  const result = Settings.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const nearest = nearestName(
      key,
      path === 'sessions' ? Object.keys(Settings.shape.sessions.unwrap().shape) : Object.keys(Settings.shape),
    );
    throw new StartError(
      `${nameOf(path ? `${path}.${key}` : key)} is no setting${nearest ? `; did you mean "${nearest}"?` : '.'}`,
    );
  }
  throw new StartError(`${nameOf(path) || 'The configuration'} ${issue?.message.replace(/^Invalid input: /, 'is not valid: ')}`);
}
