import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const file = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'visavis-config-')), 'config.yaml');
  writeFileSync(path, text);
  return path;
};

describe('the configuration', () => {
  it('is complete with nothing at all', () => {
    expect(loadConfig({ HOME: '/home/somebody', XDG_CACHE_HOME: '/cache' })).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:3000',
      modelsDir: '/cache/visavis/models',
      apiKeys: [],
      rateLimit: 60,
      llm: undefined,
      openai: undefined,
    });
  });

  it('takes the environment before the file', () => {
    const VISAVIS_CONFIG = file('port: 4000\nrate_limit: 5\nsessions: { concurrent: 7 }\n');
    const config = loadConfig({ VISAVIS_CONFIG, PORT: '5000', VISAVIS_LLM: 'ollama/library/model:1b' });
    expect(config).toMatchObject({ port: 5000, rateLimit: 5, llm: { provider: 'ollama', model: 'library/model:1b' } });
    expect(config.sessions.concurrentSessions).toBe(7);
  });

  it('says in one line what is wrong, by the name its writer knows', () => {
    const problem = (environment: NodeJS.ProcessEnv): string => {
      try {
        loadConfig(environment);
        return '';
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    expect(problem({ PORT: 'many' })).toMatch(/^PORT /);
    expect(problem({ VISAVIS_SECRET: 'short' })).toMatch(/^VISAVIS_SECRET must have at least 32 characters/);
    expect(problem({ VISAVIS_API_KEY: 'short' })).toMatch(/^VISAVIS_API_KEY: /);
    expect(problem({ VISAVIS_LLM: 'gpt' })).toMatch(/local\/<model>/);
    expect(problem({ REDIS_URL: 'redis://x' })).toMatch(/^REDIS_URL .*leave it out/);
    expect(problem({ VISAVIS_CONFIG: '/nowhere/config.yaml' })).toMatch(/cannot be read/);
    expect(problem({ VISAVIS_CONFIG: file('prot: 1') })).toMatch(/prot is no setting; did you mean "port"\?$/);
    expect(problem({ VISAVIS_CONFIG: file('sessions: { concurrant: 1 }') })).toMatch(/did you mean "concurrent"\?$/);
    expect(problem({ VISAVIS_CONFIG: file('a: [') })).toMatch(/is not valid YAML/);
    for (const text of [problem({ VISAVIS_SECRET: 'my-secret' }), problem({ VISAVIS_API_KEY: 'my-key' })]) {
      expect(text).not.toContain('my-');
      expect(text).not.toContain('\n');
    }
  });

  it('takes how calls find their way', () => {
    expect(
      loadConfig({
        VISAVIS_STUN: 'stun:a.example:3478, stun:b.example',
        VISAVIS_TURN_URLS: 'turn:c.example',
        VISAVIS_TURN_SECRET: 's',
        VISAVIS_UDP_PORTS: '50000-50100',
        VISAVIS_PUBLIC_IP: '203.0.113.7',
      }).webrtc,
    ).toMatchObject({
      iceServers: [{ urls: ['stun:a.example:3478', 'stun:b.example'] }],
      turnUrls: ['turn:c.example'],
      turnSecret: 's',
      udpPorts: { min: 50_000, max: 50_100 },
      publicIp: '203.0.113.7',
      ipv6: true,
    });
    for (const [name, value] of [
      ['VISAVIS_STUN', 'https://a.example'],
      ['VISAVIS_UDP_PORTS', '50000'],
      ['VISAVIS_UDP_PORTS', '50100-50000'],
      ['VISAVIS_PUBLIC_IP', 'example.org'],
      ['VISAVIS_TURN_URLS', 'turn:c.example'],
    ] as const) {
      expect(() => loadConfig({ [name]: value }), `${name}=${value}`).toThrow(name);
    }
  });

  it('takes keys of vendors of speech, and other addresses for them', () => {
    const environment = { DEEPGRAM_API_KEY: 'd', ELEVENLABS_API_KEY: 'e', ELEVENLABS_BASE_URL: 'https://eu.example/' };
    expect(loadConfig(environment).vendors).toEqual({
      deepgram: { apiKey: 'd', baseUrl: 'https://api.deepgram.com' },
      elevenlabs: { apiKey: 'e', baseUrl: 'https://eu.example' },
    });
    expect(() => loadConfig({ CARTESIA_BASE_URL: 'https://c.example' })).toThrow('cartesia_base_url has no effect without');
  });
});
