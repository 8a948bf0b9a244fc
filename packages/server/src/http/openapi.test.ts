import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { openApiText } from '../testing/write-openapi.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: Array<{ name: string; in: string; description?: string; schema: { type?: string } }>;
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  security: Array<Record<string, unknown>>;
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: { $ref?: string; properties?: object } }> }>;
}

let api: TestApi;
let text: string;
let operations: Array<Operation & { path: string; method: string }>;
let schemas: Record<string, { properties?: Record<string, object> }>;
beforeAll(async () => {
  api = await startTestApi();
  text = await openApiText(api);
  const document = JSON.parse(text) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: typeof schemas };
  };
  schemas = document.components.schemas;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
  );
});
afterAll(() => api.close());

const byId = (id: string) => operations.find(({ operationId }) => operationId === id) as Operation;

describe('the OpenAPI document', () => {
  it('is committed as the running routes have it (otherwise: npm run openapi)', async () => {
    const committed = await readFile(new URL('../../../../openapi.json', import.meta.url), 'utf8');
    expect(committed === text, 'run "npm run openapi" and commit openapi.json').toBe(true);
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(text);
    expect(errors).toBeUndefined();
    expect([valid, validator.version]).toEqual([true, '3.1']);
  });

  it('is true of both base paths', async () => {
    for (const { method, path } of operations) {
      const url = path.replace(/\{(\w+)\}/g, ':$1');
      for (const base of [url, url.replace('/api/v1', '/v1')])
        expect(api.app.hasRoute({ method, url: base } as never), base).toBe(true);
    }
    expect((await api.call('GET', '/v1/openapi.json')).body).toEqual(JSON.parse(text));
  });

  it('names every operation once, with a summary and a tag', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operationId, summary, tags } of operations) {
      expect(operationId).toMatch(/^[a-z]+[A-Za-z]+$/);
      expect([operationId, summary?.length > 3, tags?.length]).toEqual([operationId, true, 1]);
    }
  });

  it('describes every parameter and types every id as an integer', () => {
    for (const { operationId, parameters = [] } of operations) {
      for (const { name, description, schema } of parameters.filter((one) => 'name' in one)) {
        expect([operationId, name, typeof description]).toEqual([operationId, name, 'string']);
        if (/id$/i.test(name) || name === 'limit')
          expect([operationId, name, schema.type]).toEqual([operationId, name, 'integer']);
      }
    }
  });

  it('refers to named schemas for all that is sent and answered', () => {
    for (const { operationId, requestBody, responses } of operations) {
      for (const [type, { schema }] of Object.entries(requestBody?.content ?? {})) {
        expect([operationId, type, schema.$ref]).toEqual([
          operationId,
          type,
          expect.stringMatching(/^#\/components\/schemas\/\w+$/),
        ]);
      }
      for (const [status, response] of Object.entries(responses)) {
        const json = response.content?.['application/json'];
        if (response.$ref) expect(response.$ref).toMatch(/^#\/components\/responses\/\w+$/);
        else if (json) expect([operationId, status, json.schema.$ref]).toEqual([operationId, status, expect.any(String)]);
      }
      expect(Object.keys(responses)).toContain('default');
    }
    expect(Object.keys(schemas)).toContain('Error');
    expect(Object.keys(schemas).filter((name) => /^(def|__|schema)|\d/.test(name))).toEqual([]);
  });

  it('bears no traces of how it was made', () => {
    expect(text).not.toMatch(/9007199254740991|propertyNames|\$schema|__schema|Default Response|definitions/);
  });

  it('says who may call what', () => {
    const schemes = (id: string) => byId(id).security.flatMap((one) => Object.keys(one));
    expect(schemes('signIn')).toEqual([]);
    expect(schemes('createSession')).toEqual(['apiKey', 'userToken']);
    expect(schemes('sendMessage')).toEqual(['apiKey', 'userToken', 'sessionToken']);
  });

  it('tells of the upload’s form, the stream of a reply and the bodies that may be left out', () => {
    expect(Object.keys(byId('uploadAvatar').requestBody?.content ?? {})).toEqual(['multipart/form-data']);
    expect(schemas.UploadAvatar?.properties?.file).toMatchObject({ type: 'string', format: 'binary' });
    expect(Object.keys(byId('sendMessage').responses[200]?.content ?? {})).toEqual(['text/event-stream']);
    expect(byId('endSession').requestBody).toMatchObject({ required: false });
    expect(byId('createSession').requestBody).toMatchObject({ required: true });
  });

  it('lets answers grow, and requests not', () => {
    expect(JSON.stringify(schemas.SessionDetail)).not.toContain('"additionalProperties":false');
    expect(JSON.stringify(schemas.AgentProperties)).toContain('"additionalProperties":false');
  });
});
