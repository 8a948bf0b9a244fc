import { type SpawnSyncReturns, spawn } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExampleType, examplesOf } from '../packages/console/src/pages/developers/examples.ts';
import { cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { wavFile } from './harness/wav.ts';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));

/** The examples as a reader runs them, on the built SDK and the built product. `examples/react` has its test beside the hooks. */
describe('the example', () => {
  let product: Product;
  let provider: Provider;
  beforeAll(async () => {
    provider = await startProvider();
    product = await startProduct({ env: provider.env });
  });
  afterAll(async () => {
    await cleanUp();
    await provider.close();
  });

  const run = (name: string, parameters: string[], env: Record<string, string> = {}) =>
    new Promise<Pick<SpawnSyncReturns<string>, 'status' | 'stdout' | 'stderr'>>((resolve) => {
      const child = spawn(process.execPath, [join(EXAMPLES, name), ...parameters], {
        env: { ...process.env, NODE_OPTIONS: '', VISAVIS_URL: product.url, VISAVIS_API_KEY: product.apiKey, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 60_000,
      });
      const text = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const)
        child[name].on('data', (part) => {
          text[name] += part;
        });
      child.on('close', (status) => resolve({ status, ...text }));
    });

  it('node-chat.mjs prints replies as they are written, and the transcript', async () => {
    const { status, stdout, stderr } = await run('node-chat.mjs', ['When do you open?', 'And on Sundays?']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/You: When do you open\?\nAgent: Heard \d+: When do you open\?\n\(first word after \d+ ms\)/);
    expect(stdout).toMatch(/The transcript of these \d+ s:\nUser: When do you open\?\nAssistant: Heard/);
    expect(await product.api.ok<{ agents: object[] }>('GET', 'agents')).toMatchObject({
      agents: expect.not.arrayContaining([expect.objectContaining({ name: 'Bakery' })]),
    });
  });

  it('node-chat.mjs says what is wrong', async () => {
    const key = 'ah_live_00000000000000000000000000000000';
    const { status, stderr } = await run('node-chat.mjs', ['Hi'], { VISAVIS_API_KEY: key });
    expect([status, stderr.trim()]).toEqual([1, 'invalid-api-key: Invalid API key {}']);
  });

  it('drive-a-face.mjs says a WAV file, and gets its sound and pictures', async () => {
    const rate = 22_050;
    const samples = Int16Array.from({ length: 2 * rate }, (_, n) => 8_000 * Math.sin((2 * Math.PI * 220 * n) / rate));
    const file = join(temporaryFolder(), 'speech.wav');
    writeFileSync(file, wavFile(samples, { rate, channels: 2 }));
    const { status, stdout, stderr } = await run('drive-a-face.mjs', [file]);
    expect([status, stderr]).toEqual([0, '']);
    const [, sent, played, frames, loudest] =
      /Sent ([\d.]+) s of speech\nPlayed ([\d.]+) s; (\d+) pictures of \d+x\d+; loudest sample (\d+)/.exec(stdout) ?? [];
    expect(Number(sent)).toBe(2);
    expect(Number(played)).toBeCloseTo(2, 0);
    expect(Number(frames)).toBeGreaterThan(10);
    expect(Number(loudest)).toBeGreaterThan(2_000);
  });

  /** What the console shows to developers, as it is copied from there. */
  const shown = (language: 'curl' | 'typescript', agentId: number, type: ExampleType) =>
    examplesOf(language, { origin: product.url, agentId, type })[0]?.code ?? '';
  const runAs = (program: string, parameters: string[]) =>
    new Promise<{ status: number | null; output: string }>((resolve) => {
      const env = { ...process.env, NODE_OPTIONS: '', VISAVIS_API_KEY: product.apiKey };
      const child = spawn(program, parameters, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (part) => {
          output += part;
        });
      child.on('close', (status) => resolve({ status, output }));
    });

  const newestSession = async () => (await product.api.sessions()).sort((one, other) => other.session_id - one.session_id)[0];

  it('of the console for curl chats', async () => {
    const agentId = await product.api.createAgent();
    const { status, output } = await runAs('bash', ['-euc', shown('curl', agentId, 'agent_chat')]);
    expect(status).toBe(0);
    expect(output).toContain('Hello! What can you do?');
    expect(await newestSession()).toMatchObject({ session_type: 'agent_chat', status: 'completed' });
  });

  it('of the console for curl starts a call and a driven face', async () => {
    const agentId = await product.api.createAgent();
    // Its offer is a hint, and its events go on for ever.
    const within = 'curl() { command curl --max-time 2 "$@" || true; }; ';
    const call = await runAs('bash', ['-euc', within + shown('curl', agentId, 'agent_voice')]);
    expect(call.output).toContain('"code":"no-speech-model"'); // This server hears nothing.
    expect(call.output).not.toMatch(/route-not-found|invalid-|unauthorized/);
    expect(await newestSession()).toMatchObject({ session_type: 'agent_voice', status: 'active' });
    const driven = await runAs('bash', ['-euc', shown('curl', agentId, 'webrtc_video')]);
    expect(driven.status).toBe(0);
    expect(await newestSession()).toMatchObject({ session_type: 'webrtc_video', status: 'completed' });
  });

  it('of the console for TypeScript chats', async () => {
    const agentId = await product.api.createAgent();
    const folder = temporaryFolder();
    symlinkSync(join(EXAMPLES, '..', 'node_modules'), join(folder, 'node_modules'));
    const file = join(folder, 'chat.mjs');
    writeFileSync(file, shown('typescript', agentId, 'agent_chat'));
    const { status, output } = await runAs(process.execPath, [file]);
    expect([status, output]).toEqual([0, expect.stringMatching(/^Heard \d+: Hello! What can you do\?$/)]);
  });
});
