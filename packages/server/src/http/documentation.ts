import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { RouteAccess } from './access.ts';
import type { App } from './api.ts';
import { finishDocument, nameSchemas } from './openapi-document.ts';

const TAGS = [
  { name: 'Sessions', description: 'A conversation with an agent, from its start to its end' },
  { name: 'Messages', description: 'What is said in a session' },
  { name: 'Agents', description: 'Who talks: instructions, greeting, knowledge' },
  { name: 'Embeds', description: 'Agents on the pages of other sites, without an API key' },
  { name: 'Avatars', description: 'How an agent looks and sounds' },
  { name: 'Voices', description: 'The voices there are' },
  { name: 'Speech', description: 'Speaking and listening outside a session' },
  { name: 'Keys', description: 'API keys' },
  { name: 'Sign-in', description: 'Users’ own access' },
  { name: 'Users', description: 'For administrators' },
  { name: 'Usage', description: 'Minutes, sessions and limits' },
  { name: 'Providers', description: 'Language model providers of one’s own' },
  { name: 'Local models', description: 'Language models of the server’s own machine' },
];

/** OpenAPI 3.1 from the routes' Zod schemas at `/api/v1/openapi.json`, and a readable reference with try-it at `/docs`. */
export async function registerDocumentation(app: App): Promise<void> {
  nameSchemas();
  const toJson = createJsonSchemaTransform({ skipList: [] });
  const withComponents = createJsonSchemaTransformObject({});
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Visavis',
        version: '1',
        description:
          'Conversational agents with a voice and a face. Every error is `{"success": false, "error": text, "code": stable-code}`. ' +
          'Credentials: an API key in `x-api-key` (or as a bearer token, as OpenAI clients send it), a user token or a session token in `Authorization: Bearer`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key of a user' },
          userToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of a sign-in' },
          sessionToken: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The token of a session: good for that session only',
          },
        },
      },
      security: [{ apiKey: [] }, { userToken: [] }],
    },
    transform: ((input: Parameters<typeof toJson>[0] & { route: { config?: { access?: RouteAccess } } }) => {
      const { schema, url } = toJson(input);
      const access = input.route.config?.access;
      return { url, schema: { ...schema, ...(access && { security: securityOf(access) }) } };
    }) as never,
    transformObject: ((document: Parameters<typeof withComponents>[0]) => finishDocument(withComponents(document))) as never,
  });
  for (const prefix of ['/api/v1', '/v1']) {
    app.get(`${prefix}/openapi.json`, { schema: { hide: true } as never }, async () => app.swagger());
  }
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply, payload) => {
      if (typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')) {
        void reply.headers({ 'content-security-policy': policyFor(payload), 'x-content-type-options': 'nosniff' });
      }
      return payload;
    });
    await scope.register(scalar, { routePrefix: '/docs', configuration: REFERENCE } as never);
  });
}

/** Nothing of the reference page comes from, or goes to, another server: no fonts, no telemetry, no proxy, no assistant. */
const REFERENCE = {
  url: '/api/v1/openapi.json',
  pageTitle: 'Visavis API',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  hideModels: true,
  operationTitleSource: 'summary',
  // A key stays in the page and is gone with it.
  persistAuth: false,
  authentication: { preferredSecurityScheme: 'apiKey' },
};

/** Only the page's own scripts run, and they talk to this server only; the style sheets are written by its script. */
function policyFor(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text);
  const hashes = inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return [
    "default-src 'none'",
    ["script-src 'self'", ...hashes].join(' '),
    "style-src 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The credentials that a route takes. */
function securityOf(access: RouteAccess): object[] {
  if (access.scope === 'public') return [];
  return [{ apiKey: [] }, { userToken: [] }, ...(access.sessionToken ? [{ sessionToken: [] }] : [])];
}
