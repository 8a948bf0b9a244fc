import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { AppError } from '../core/errors.ts';
import { type AccessDeps, countUnrouted, registerAccess } from './access.ts';
import { checkedAnswers, plainAnswers } from './answer-check.ts';
import type { ApiDeps, App } from './api.ts';
import { createAttempts } from './attempts.ts';
import { consolePages } from './console/console.ts';
import { allowCrossOrigin, sessionPreflights } from './cross-origin.ts';
import { registerDocumentation } from './documentation.ts';
import { takeDriveSockets } from './drive-upgrade.ts';
import { registerErrors, sendError } from './errors.ts';
import { createIdempotency } from './idempotency.ts';
import { refuseMalformed } from './malformed-requests.ts';
import { registerBodies } from './request-bodies.ts';
import { agentBackgroundRoutes } from './routes/agent-background.ts';
import { agentRoutes } from './routes/agents.ts';
import { avatarFileRoutes } from './routes/avatar-files.ts';
import { avatarUploadRoutes } from './routes/avatar-upload.ts';
import { avatarRoutes } from './routes/avatars.ts';
import { embedSessionRoutes } from './routes/embed-sessions.ts';
import { embedRoutes } from './routes/embeds.ts';
import { healthRoutes } from './routes/health.ts';
import { keyRoutes } from './routes/keys.ts';
import { messageRoutes } from './routes/messages.ts';
import { modelRoutes } from './routes/models.ts';
import { providerRoutes } from './routes/providers.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { sessionEventRoutes } from './routes/session-events.ts';
import { sessionTimelineRoutes } from './routes/session-timeline.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { speechRoutes } from './routes/speech.ts';
import { transcriptionRoutes } from './routes/transcriptions.ts';
import { tryLinkRoutes } from './routes/try-links.ts';
import { usageRoutes } from './routes/usage.ts';
import { userRoutes } from './routes/users.ts';
import { voicePreviewRoutes, voiceRoutes } from './routes/voices.ts';
import { tryPage } from './try-page/page.ts';
import { validatorCompiler } from './validation.ts';
import { widgetFiles } from './widget/widget-files.ts';

export interface AppOptions extends ApiDeps {
  logger: FastifyBaseLogger;
  access: Pick<AccessDeps, 'rateLimits' | 'keyUsed'>;
  trustProxy: boolean;
  /** Where the built pages are, as far as they are built. */
  webFolders?: { console?: string | undefined; widget?: string | undefined };
  /** For tests: refuses to send an answer that is not exactly as its schema says. */
  checkAnswers?: boolean;
  /** For tests: after this an unfinished request is dropped, in ms. */
  requestTimeoutMs?: number;
  /** Called with every answered request, for the metrics. */
  observeRequest: (observation: { method: string; route: string; status: number; seconds: number }) => void;
}

/** JSON bodies; the two 256 KiB objects of an agent and its context fit with room to spare. */
const BODY_BYTES = 1024 * 1024;
/** A request that has not arrived whole by then is dropped; 10 MB at 1 Mbit/s take 84 s. */
const REQUEST_MS = 120_000;
const HEADERS_MS = 60_000;

/** The whole HTTP side: every endpoint under `/api/v1` and, the same, under `/v1`. */
export async function buildApp(options: AppOptions): Promise<App> {
  const access: AccessDeps = {
    stores: options.storage.read,
    tokens: options.tokens,
    publicUrl: options.publicUrl,
    rateLimiter: options.rateLimiter,
    ...options.access,
  };
  const requestMs = options.requestTimeoutMs ?? REQUEST_MS;
  const app = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    requestTimeout: requestMs,
    http: {
      headersTimeout: Math.min(requestMs, HEADERS_MS),
      connectionsCheckingInterval: Math.min(requestMs / 4, HEADERS_MS / 2),
    },
    clientErrorHandler: refuseMalformed,
    trustProxy: options.trustProxy,
    genReqId: createRequestIds(),
    requestIdHeader: false,
    return503OnClosing: false, // Its body is not the contract's; `refuseWhileClosing` answers instead.
    routerOptions: { maxParamLength: 1_000 },
    frameworkErrors: (error, request, reply) => {
      // No hook runs for an address that cannot be read.
      void reply.header('x-request-id', request.id);
      countUnrouted(access, request, reply as never).then(
        () => sendError(request, reply as never, error),
        (refusal: unknown) => sendError(request, reply as never, refusal),
      );
    },
  }) as unknown as App;

  app.setValidatorCompiler(validatorCompiler as never);
  app.setSerializerCompiler((options.checkAnswers ? checkedAnswers : plainAnswers) as never);
  registerBodies(app);
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    options.observeRequest({ method: request.method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 });
    request.log.debug({ method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
  });
  const console = options.webFolders?.console === undefined ? undefined : await consolePages(app, options.webFolders.console);
  registerErrors(app as never, console?.pageFor);
  refuseWhileClosing(app);

  await app.register(cookie);
  await registerDocumentation(app);

  healthRoutes(app, options);
  avatarFileRoutes(app, options);
  voicePreviewRoutes(app, options.voices);
  if (options.webFolders?.widget !== undefined) await widgetFiles(app, options.webFolders.widget);
  if (!console) app.get('/', { schema: { hide: true } as never }, (_request, reply) => reply.redirect('/docs/') as never);
  await tryPage(app);
  takeDriveSockets(app, { ...options, stores: options.storage.read, rateLimits: options.access.rateLimits });
  const createOnce = createIdempotency(options);
  const attempts = createAttempts();
  registerAccess(app as never, access);
  allowCrossOrigin(app);
  for (const prefix of ['/api/v1', '/v1']) {
    await app.register(
      async (scope) => {
        if (prefix === '/v1') {
          scope.addHook('onRoute', (route) => {
            route.schema = { ...route.schema, hide: true };
          });
        }
        const api = { ...options, app: scope as unknown as App, createOnce, attempts, rateLimits: options.access.rateLimits };
        sessionPreflights(api.app);
        sessionRoutes(api);
        messageRoutes(api);
        recordingRoutes(api);
        sessionEventRoutes(api);
        sessionTimelineRoutes(api);
        agentRoutes(api);
        await agentBackgroundRoutes(api);
        tryLinkRoutes(api);
        embedRoutes(api);
        embedSessionRoutes(api);
        avatarRoutes(api);
        await avatarUploadRoutes(api);
        voiceRoutes(api);
        speechRoutes(api);
        await transcriptionRoutes(api);
        modelRoutes(api);
        keyRoutes(api);
        signInRoutes(api);
        userRoutes(api);
        providerRoutes(api);
        usageRoutes(api);
      },
      { prefix },
    );
  }
  return app;
}

/** Requests that arrive on open connections while the server stops are told to come again. */
function refuseWhileClosing(app: App): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onRequest', async (_request, reply) => {
    if (!closing) return;
    void reply.header('connection', 'close');
    throw new AppError('server-restarting', undefined, { retryAfterSeconds: 5 });
  });
}

/** Answers in hand get so long when the server stops, in ms; then their connections are cut. */
const LAST_ANSWERS_MS = 1_000;
/** How often connections are looked for whose last answer is sent, in ms: clients would keep them open. */
const IDLE_EVERY_MS = 25;

/** Stops listening and closes every connection, within `LAST_ANSWERS_MS`. */
export async function closeApp(app: App): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), IDLE_EVERY_MS);
  const all = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(all);
  }
}

/** Ids that are unique across restarts and cost no random bytes per request. */
function createRequestIds(): () => string {
  const start = randomBytes(6).toString('base64url');
  let count = 0;
  return () => `${start}-${(++count).toString(36)}`;
}
