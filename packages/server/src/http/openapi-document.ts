import * as protocol from '@visavis/protocol';
import { z } from 'zod';
import { type Document, type Json, settleNames } from './openapi-components.ts';

/** Gives the schemas of the protocol their export names in the document; parameters stay where they are used. */
export function nameSchemas(): void {
  for (const [name, schema] of Object.entries(protocol)) {
    if (!(schema instanceof z.ZodType) || /(Params|Query)$/.test(name)) continue;
    if (!NAMED_KINDS.has(kindOf(schema)) || schema.meta()?.id !== undefined) continue;
    z.globalRegistry.add(schema, { ...schema.meta(), id: name });
  }
}

const NAMED_KINDS = new Set(['object', 'array', 'enum']);

function kindOf(schema: z.ZodType): string {
  let node: { def: { type: string; in?: z.ZodType; innerType?: z.ZodType } } = schema._zod;
  for (let inner = node.def.in ?? node.def.innerType; inner; inner = node.def.in ?? node.def.innerType) node = inner._zod;
  return node.def.type;
}

/** Headers and refusals that many operations share. */
const SHARED = {
  headers: {
    'X-Request-Id': { description: 'Names this request in the server’s log', schema: { type: 'string' } },
    'X-RateLimit-Limit': { description: 'Requests a minute; absent where there is no limit', schema: { type: 'integer' } },
    'X-RateLimit-Remaining': { description: 'Requests left in this minute', schema: { type: 'integer' } },
    'X-RateLimit-Reset': { description: 'When the minute is over, in Unix seconds', schema: { type: 'integer' } },
    'X-Next-Cursor': { description: 'Where the next page begins; absent on the last one', schema: { type: 'string' } },
    'Retry-After': { description: 'Seconds after which a retry makes sense', schema: { type: 'integer' } },
  },
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'A repeat with the same key and body within 24 hours gets the first answer again; with another body 409',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
    },
    LastEventId: {
      name: 'Last-Event-ID',
      in: 'header',
      description: 'The `id` of the last event that was read: the stream goes on behind it',
      schema: { type: 'string', pattern: '^\\d{1,15}\\.\\d{1,9}\\.\\d{1,9}$' },
    },
  },
  responses: {
    BadRequest: refusal('The request is not valid; `details` says which field and why'),
    Unauthorized: refusal('No credentials, or wrong ones'),
    Forbidden: refusal('The credentials do not allow this'),
    NotFound: refusal('There is nothing there, or it is another user’s'),
    Conflict: refusal('The state of things does not allow this'),
    TooManyRequests: refusal('Too many requests, messages or live sessions', ['Retry-After']),
    Failure: refusal('Any other failure; 5xx ones may be worth a retry', ['Retry-After']),
  },
};

function refusal(description: string, headers: string[] = []): Json {
  const names = ['X-Request-Id', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', ...headers];
  return {
    description,
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
}

/** Makes the generated document one for readers and generators: few names, no traces of how it was made. */
export function finishDocument<T>(generated: T): T {
  const document = withoutTraces(generated as Json) as Document;
  const { schemas = {}, ...others } = document.components ?? {};
  const optional = takeOutNull(schemas);
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const operation of Object.values(methods ?? {})) finishOperation(path, operation, optional);
  }
  for (const [name, schema] of Object.entries(schemas)) {
    if (name.endsWith('Input')) tellDefaults(schema);
    else openToNewFields(schema);
  }
  document.components = { ...others, ...SHARED, schemas };
  return settleNames(document) as T;
}

function finishOperation(path: string, operation: Json, optional: Set<string>): void {
  const id = String(operation.operationId);
  const responses = operation.responses as Record<string, Json>;
  const parameters = (operation.parameters ?? []) as Json[];
  const isPublic = (operation.security as unknown[] | undefined)?.length === 0;
  const creates = responses[201] !== undefined && id !== 'renewSessionToken';
  const refer = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
  if (creates) parameters.push(refer('parameters', 'IdempotencyKey'));
  if (id === 'sendMessage') parameters.push(refer('parameters', 'LastEventId'));
  if (parameters.length > 0) operation.parameters = parameters;

  const body = operation.requestBody as { required?: boolean; content: Record<string, { schema: Json }> } | undefined;
  if (body && optional.has(String(body.content['application/json']?.schema.$ref))) body.required = false;

  delete responses['4XX'];
  delete responses['5XX'];
  for (const [status, response] of Object.entries(responses)) {
    const given = String(response.description);
    response.description = given === 'Default Response' ? DESCRIPTIONS[status] : given;
    openToNewFields(response);
    const paged = parameters.some(({ name }) => name === 'cursor');
    const names = [
      'X-Request-Id',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      ...(paged ? ['X-Next-Cursor'] : []),
    ];
    response.headers = Object.fromEntries(names.map((name) => [name, refer('headers', name)]));
  }
  const refusals: Record<string, string> = {
    ...((body || parameters.length > 0) && { 400: 'BadRequest' }),
    ...((!isPublic || id === 'signIn' || id === 'refreshSignIn') && { 401: 'Unauthorized' }),
    403: 'Forbidden',
    ...((path.includes('{') || id === 'createSession') && { 404: 'NotFound' }),
    ...((creates || /^(delete|update|change|remove|renew)/.test(id)) && { 409: 'Conflict' }),
    429: 'TooManyRequests',
    default: 'Failure',
  };
  for (const [status, name] of Object.entries(refusals)) responses[status] = refer('responses', name);
}

const DESCRIPTIONS: Record<string, string> = { 200: 'All is well', 201: 'Created' };

/** A body that may be null may be left out: gives the references of those, and lets the schemas say the rest. */
function takeOutNull(schemas: Record<string, Json>): Set<string> {
  const optional = new Set<string>();
  for (const [name, { anyOf }] of Object.entries(schemas)) {
    const choices = (anyOf ?? []) as Json[];
    const rest = choices.filter(({ type }) => type !== 'null');
    if (rest.length !== 1 || choices.length === 1) continue;
    schemas[name] = rest[0] ?? {};
    optional.add(`#/components/schemas/${name}`);
  }
  return optional;
}

/** Takes out what Zod writes of its own: bounds of safe integers, names of properties being strings. */
function withoutTraces(json: Json): Json {
  const text = JSON.stringify(json, (key, value: unknown) => {
    if (key === 'propertyNames') return undefined;
    if (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) return undefined;
    if (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) return undefined;
    return value;
  });
  return JSON.parse(text) as Json;
}

/** Many generators take a field with a `default` for one that is always there, and so for one that must be sent. */
function tellDefaults(schema: Json): void {
  for (const field of Object.values((schema.properties ?? {}) as Record<string, Json>)) {
    if (field.default === undefined) continue;
    const words = `Default: \`${JSON.stringify(field.default)}\``;
    field.description = field.description ? `${field.description}. ${words}` : words;
    delete field.default;
  }
}

/** Answers may get new fields: a client must not refuse them. */
function openToNewFields(json: unknown): void {
  if (typeof json !== 'object' || json === null) return;
  const node = json as Json;
  if (node.additionalProperties === false) delete node.additionalProperties;
  for (const inner of Object.values(node)) openToNewFields(inner);
}
