import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { createAudioFiles } from './audio-files/audio-files.ts';
import { openPreviewFolder } from './audio-files/preview-folder.ts';
import { createFaces } from './compose-faces.ts';
import { createLanguageModels } from './compose-language-models.ts';
import { createFaceAssets } from './compose-live-faces.ts';
import { createModels } from './compose-models.ts';
import { createSpeech } from './compose-speech.ts';
import { type Config, withPort } from './config.ts';
import { createKeyUse } from './core/access/key-use.ts';
import { createSecretBox } from './core/access/secrets.ts';
import { createTokens } from './core/access/tokens.ts';
import { sweepFaces, sweepImages } from './core/avatars/sweep-images.ts';
import { resolveFace } from './core/calls/face-spec.ts';
import { iceServersFor } from './core/calls/ice-servers.ts';
import { resolveModels } from './core/providers/resolve-models.ts';
import { greetingWithConsent } from './core/recordings/consent.ts';
import { sweepRecordings } from './core/recordings/sweep-recordings.ts';
import { endSessions } from './core/sessions/end-session.ts';
import { createLiveSessions } from './core/sessions/live-sessions.ts';
import { recoverPresence } from './core/sessions/timeline.ts';
import { resolveOnlyVoices, resolveSpeech } from './core/speech/resolve-speech.ts';
import { createSetUpLink, ensureFirstUsers } from './core/users/first-user.ts';
import { createConfiguredVoices } from './core/voices/configured-voices.ts';
import { withPreviews } from './core/voices/voice-previews.ts';
import { completeBuiltInAvatars } from './first-run/built-in-avatars.ts';
import { createDemoAgents } from './first-run/demo-agents.ts';
import { buildApp, closeApp } from './http/app.ts';
import { presentMessage } from './http/present/message.ts';
import { createRateLimiter } from './http/rate-limit.ts';
import { openFaceFolder } from './images/face-folder.ts';
import { openImageFolder } from './images/image-folder.ts';
import { createSlots } from './images/slots.ts';
import { createMetrics } from './observability/metrics.ts';
import { listVendorVoices, OPENAI_VOICES } from './providers/cloud-speech/vendor-rest.ts';
import { startEngineThread } from './providers/engine-process/engine-thread.ts';
import { ffmpegProgram } from './providers/ffmpeg-program.ts';
import type { ModelStore } from './providers/models/model-store.ts';
import { openRecordingFolder } from './recordings/recording-folder.ts';
import { reservePort } from './reserved-port.ts';
import { openDataFolder } from './storage/data-folder.ts';
import { openPostgres } from './storage/postgres.ts';
import { openSqlite } from './storage/sqlite.ts';
import { createStorage } from './storage/storage.ts';
import { builtWebFolders } from './web-folders.ts';
import { createSupervisor } from './workers/supervisor.ts';
import { createWorkerHost } from './workers/worker-host.ts';

/** What a person who started the server needs to know. */
export interface Started {
  /** Where it answers. */
  address: string;
  /** A key that was made at this start; shown once. */
  newApiKey: string | undefined;
  /** Where the administrator's e-mail and password are set; while there is no password. */
  setUpUrl: string | undefined;
  /** Tells the progress of downloads. */
  models: Pick<ModelStore, 'subscribe'>;
  /** Process ids of the workers. */
  workerProcessIds(): number[];
  /** Drains and stops within 5 s; with `endSessions` all live sessions end with `shutdown`. */
  stop(options?: { endSessions?: boolean }): Promise<void>;
}

/** Running replies may go on for so long when the server stops, in ms. */
const DRAIN_MS = 2_000;
const HOUSEKEEPING_MS = 60_000;
/** How long the recordings of a deleted user may outlive them. */
/** The built-in avatars, 13 s of work, wait until models are loaded and the first visitor is served; calls draw them without it. */
const COMPLETE_AVATARS_AFTER_MS = 15_000;
const SWEEP_RECORDINGS_MS = 60 * 60_000;
/** Each takes a core for a moment; conversations come first. */
const DECODED_AT_ONCE = 2;
const IDEMPOTENCY_KEPT_MS = 24 * 60 * 60_000;
/** An idle conversation stays in its worker for a minute, and at most so many of them: to bring one back takes about a ms. */
const RESIDENCE = { residentIdleMs: 60_000, mostResident: 32 };

/** Chooses the implementations, puts them together and starts them. */
export async function startServer(given: Config): Promise<Started> {
  const now = Date.now;
  const log = pino({ level: given.logLevel });
  const stopping = new AbortController();
  const folder = await openDataFolder(given.dataDir);
  const cleanUp: Array<() => unknown> = [() => folder.unlock()];
  const undo = async () => {
    for (const step of cleanUp.reverse()) await step();
  };

  try {
    const reserved = given.port === 0 ? await reservePort(given.host) : undefined;
    cleanUp.push(() => reserved?.release());
    const config = reserved ? withPort(given, reserved.port) : given;
    const secret = config.secret ?? (await folder.secret());
    const database = config.databaseUrl
      ? await openPostgres(config.databaseUrl)
      : await openSqlite(folder.database, startEngineThread);
    const storage = createStorage(database);
    cleanUp.push(() => storage.close());

    const host = createWorkerHost({ pick: (wish) => supervisor.pick(wish), anyReady: () => supervisor.anyReady() });
    const supervisor = createSupervisor({
      workers: config.workers,
      settings: {
        logLevel: config.logLevel,
        ...RESIDENCE,
        recordings: join(folder.path, 'recordings'),
        mostFaces: config.mostFaces,
        speaks: config.stt !== 'none' || Object.keys(config.vendors).length > 0,
        transport: {
          udpPorts: config.webrtc.udpPorts && [config.webrtc.udpPorts.min, config.webrtc.udpPorts.max],
          publicIp: config.webrtc.publicIp,
          ipv6: config.webrtc.ipv6,
        },
      },
      log,
      events: {
        ...host.events,
        message(worker, message) {
          if (message.type === 'provider-failed') {
            const { sessionId, provider, kind } = message;
            metrics.providerFailed(provider, kind);
            live.note(sessionId, { type: 'provider-failed', provider, stage: 'thinking', kind });
          }
          host.events.message(worker, message);
        },
      },
    });
    cleanUp.push(() => supervisor.stop());

    const box = createSecretBox(secret, 'storage');
    const models = createModels({ config, log, inUse: () => [...llm.progress().map(({ name }) => name), ...speech.models()] });
    cleanUp.push(() => models.stop());
    const llm = createLanguageModels({ config, store: models.store, log });
    cleanUp.push(() => llm.stop());
    const speech = createSpeech({ config, store: models.store, log });
    cleanUp.push(() => speech.stop());
    const metrics = createMetrics({
      liveSessions: () => storage.read.sessions.countLiveByType(),
      modelQueue: () => llm.queue(),
      workersReady: () => supervisor.readyCount(),
      hostedConversations: () => host.hosted(),
    });
    const resolveDeps = {
      stores: storage.read,
      serverProviders: llm.serverProviders,
      box,
      allowPrivateProviders: config.allowPrivateProviders,
    };
    const images = await openImageFolder(join(folder.path, 'avatars'));
    const faces = await openFaceFolder(join(folder.path, 'faces'));
    const {
      building: faceBuilding,
      files: faceFiles,
      fetchPicture,
      drawCharacter,
    } = createFaces({
      storage,
      images,
      faces,
      now,
      log,
      facesShown: () => supervisor.facesShown(),
      stopping: stopping.signal,
    });
    cleanUp.push(() => faceBuilding.stop());
    const faceAssets = await createFaceAssets({ files: faceFiles, folder: join(folder.path, 'characters') });
    const live = createLiveSessions({
      storage,
      host,
      now,
      defaults: config.sessions,
      resolveModels: (user, agent) => resolveModels(resolveDeps, user, agent.properties?.llm as never),
      observe({ session, ...outcome }) {
        metrics.turn(outcome);
        const { error } = outcome;
        if (error)
          log.warn(
            { sessionId: session.id, code: error.code, err: error.code === 'internal' ? error : undefined },
            'turn failed',
          );
      },
      observeSpoken: (reply) => metrics.spoken(reply),
      observeFailure: (provider, kind) => metrics.providerFailed(provider, kind),
      present: presentMessage,
      resolveSpeech: (user, agent, voiceId) => resolveSpeech({ ...resolveDeps, local: speech.access }, user, agent, voiceId),
      resolveVoices: (user, agent, voiceId) => resolveOnlyVoices({ ...resolveDeps, local: speech.access }, user, agent, voiceId),
      iceServers: (sessionId) => iceServersFor({ settings: config.webrtc, sessionId, now: now() }),
      greetingOf: greetingWithConsent,
      resolveFace: (user, agent, wish) =>
        resolveFace(
          {
            assets: faceAssets,
            backgrounds: images,
            defaults: { kilobitsPerSecond: config.videoKilobits },
            publicUrl: config.publicUrl,
          },
          user,
          agent,
          wish,
        ),
      onError: (error) => log.error({ err: error }, 'live sessions'),
    });
    host.listen({ event: live.callLog.handle, lost: live.callLog.lost });

    const recordings = await openRecordingFolder(join(folder.path, 'recordings'));
    const { administrator, newApiKey } = await ensureFirstUsers({ storage, now }, { apiKeys: config.apiKeys });
    const isFirstStart = await createDemoAgents({ storage, images, drawCharacter, now }, administrator.id);
    await storage.write((stores) => recoverPresence(stores, now()));
    await live.deadlines.sweep({ recovering: true });
    live.deadlines.start();
    cleanUp.push(() => live.deadlines.stop());

    const keyUse = createKeyUse({ storage, now });
    const housekeeping = setInterval(() => {
      const work = [keyUse.flush(), storage.write((stores) => stores.idempotency.deleteBefore(now() - IDEMPOTENCY_KEPT_MS))];
      Promise.all(work).catch((error: unknown) => log.error({ err: error }, 'housekeeping failed'));
    }, HOUSEKEEPING_MS);
    cleanUp.push(() => keyUse.flush().catch(() => undefined));
    cleanUp.push(() => clearInterval(housekeeping));
    Promise.all([sweepImages({ stores: storage.read, images, now }), sweepFaces({ stores: storage.read, faces, now })]).catch(
      (error: unknown) => log.error({ err: error }, 'image sweep failed'),
    );

    const sweep = () =>
      sweepRecordings({
        stores: storage.read,
        recordings,
        onError: (error, sessionId) => log.error({ err: error, sessionId }, 'recording could not be tidied'),
      }).catch((error: unknown) => log.error({ err: error }, 'recording sweep failed'));
    void sweep();
    const sweeping = setInterval(sweep, SWEEP_RECORDINGS_MS);
    cleanUp.push(() => clearInterval(sweeping));

    const previews = openPreviewFolder(join(folder.path, 'voices'));
    const audioFiles = createAudioFiles({
      program: ffmpegProgram(),
      folder: join(folder.path, 'uploads'),
      decoding: createSlots({ running: DECODED_AT_ONCE, waiting: 20 }),
    });
    let listening = false;
    const app = await buildApp({
      storage,
      images,
      faces,
      fetchPicture,
      faceBuilding,
      recordings,
      configuredVoices: createConfiguredVoices({
        ...resolveDeps,
        fetchVoices: (vendor, access, signal) => listVendorVoices(llm.connections.getJson, vendor, access, signal),
        // Another endpoint has voices of its own, or none; nothing tells which.
        openAiVoices: config.openai?.baseUrl === undefined ? OPENAI_VOICES : [],
        now,
      }),
      voices: withPreviews(speech.voices, { speech: speech.service, store: previews, engineOf: speech.engineOf }),
      speech: speech.service,
      audioFiles,
      tokens: createTokens(secret),
      box,
      now,
      publicUrl: config.publicUrl,
      live,
      rateLimiter: createRateLimiter({ enabled: config.rateLimit > 0, now }),
      models: models.library,
      serverProviders: llm.serverProviders,
      probe: llm.probe,
      allowPrivateProviders: config.allowPrivateProviders,
      health: {
        ready: () => listening && supervisor.readyCount() > 0,
        models: () => [...llm.progress(), ...models.progressOf(speech.models())],
      },
      metricsPage: metrics,
      observeRequest: metrics.request,
      logger: log as Logger,
      trustProxy: config.trustProxy,
      webFolders: builtWebFolders(),
      access: {
        rateLimits: { apiKey: config.rateLimit, user: 600, session: 120, address: 120 },
        keyUsed: keyUse.used,
      },
    });
    const setUpToken = await createSetUpLink({ storage, now }, administrator.id);
    await reserved?.release();
    await app.listen({ port: config.port, host: config.host });
    listening = true;
    cleanUp.push(() => closeApp(app));
    if (!isFirstStart) faceBuilding.wake();
    let completing: Promise<unknown> = Promise.resolve();
    const completion = setTimeout(() => {
      faceBuilding.wake();
      completing = completeBuiltInAvatars({ storage, images, drawCharacter, now }, stopping.signal)
        .then((made) => made > 0 && faceBuilding.wake())
        .catch((error: unknown) => stopping.signal.aborted || log.error({ err: error }, 'built-in avatars could not be made'));
    }, COMPLETE_AVATARS_AFTER_MS);
    cleanUp.push(() => completing);
    cleanUp.push(() => clearTimeout(completion));
    llm.start(stopping.signal);
    speech.start(stopping.signal);

    return {
      address: config.publicUrl,
      newApiKey,
      setUpUrl: setUpToken && `${config.publicUrl}/setup#token=${setUpToken}`,
      models: models.store,
      workerProcessIds: () => supervisor.processIds(),
      async stop({ endSessions: ending = false } = {}) {
        listening = false;
        live.deadlines.stop();
        if (ending) {
          live.replies.refuse();
          await endSessions(live, 'shutdown');
        } else await Promise.all([live.replies.drain(DRAIN_MS), live.hangUpAll()]);
        // Only now: the replies in hand may come from the local model.
        stopping.abort();
        await undo();
      },
    };
  } catch (error) {
    await undo();
    throw error;
  }
}
