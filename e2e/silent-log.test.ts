import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MARKER } from './harness/api-client.ts';
import { cleanUp, PROVIDER_KEY, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.close());
// Every test of this folder ends with the same look at the output: no words, no key, no token.
afterEach(cleanUp);

describe('the log at its most talkative', () => {
  it('holds nothing that anybody said, no key and no token, whatever a provider answers', async () => {
    const product = await startProduct({ env: { ...provider.env, VISAVIS_LOG_LEVEL: 'trace' } });
    const { api } = product;
    const { session_id: id, session_token: token } = await api.createSession(await api.createAgent(), {
      metadata: { about: MARKER },
    });
    const failures = [
      () => ({ status: 400, error: { message: `Cannot answer "${MARKER}" with ${PROVIDER_KEY}` } }),
      () => ({ status: 401, error: { message: `Incorrect API key provided: ${PROVIDER_KEY}` } }),
      () => ({ status: 500, error: { message: `${MARKER} crashed us`, code: MARKER, type: MARKER } }),
      () => ({ tokens: `${MARKER} ${MARKER} ${MARKER}`, breakAfter: { tokens: 2, how: 'destroy' } as const }),
      () => ({ tokens: `${MARKER} ${MARKER}`, breakAfter: { tokens: 1, how: 'malformed' } as const }),
      () => ({ tokens: `${MARKER} ${MARKER}`, breakAfter: { tokens: 1, how: 'end' } as const }),
    ];
    for (const [n, script] of failures.entries()) {
      provider.script(script);
      const outcome = await api.send(id, `${MARKER} ${n}`, { key: `${MARKER}-${n}`, streamed: n % 2 === 0 });
      expect(outcome).toMatchObject({ type: 'refused' });
    }
    const asToken = { authorization: `Bearer ${token}`, 'x-api-key': '' };
    await api.call('GET', `sessions/${id}?note=${MARKER}`, undefined, asToken);
    await api.call('POST', `sessions/${id}/messages?api_key=${product.apiKey}`, { message: { text: MARKER } });
    await api.call('POST', 'agents', { name: MARKER, [MARKER]: MARKER });
    await api.call('PUT', `providers/${MARKER}`, { base_url: 'http://127.0.0.1:9/v1', api_key: PROVIDER_KEY });
    await api.call('POST', 'auth/login', { email: `${MARKER}@example.org`, password: MARKER });
    await api.call('GET', `/api/v1/${MARKER}/${token}`);
    expect(product.output()).toContain('provider failed');
    expect(await product.stop()).toMatchObject({ code: 0 });
  });
});
