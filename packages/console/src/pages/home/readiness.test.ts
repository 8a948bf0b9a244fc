import type { Avatar, Model, Providers, Voice } from '@visavis/client';
import { describe, expect, it } from 'vitest';
import { bestWay, readiness } from './readiness.ts';

const model = (task: string, state: Model['state'], part: Partial<Model> = {}): Model => ({
  name: `${task}-model`,
  task,
  title: task,
  languages: ['en'],
  licence: { name: 'MIT', url: 'https://example.com' },
  size_bytes: 100,
  state,
  progress: 0,
  received_bytes: 0,
  bytes_per_second: 0,
  in_use: true,
  ...part,
});
const providers = (state?: Providers['providers'][number]['state']): Providers => ({
  providers: state ? [{ name: 'local', state, has_api_key: false } as Providers['providers'][number]] : [],
  default: state ? { provider: 'local', model: 'llm-model' } : null,
});
const VOICES = [{ available: true }] as Voice[];
const AVATARS = [{ status: 'ready' }] as Avatar[];
const READY = [model('llm', 'ready'), model('stt', 'ready'), model('vad', 'ready'), model('tts', 'ready')];

describe('what works on a server', () => {
  it('is everything where all parts are there', () => {
    const abilities = readiness({ models: READY, providers: providers('ready'), voices: VOICES, avatars: AVATARS });
    expect(abilities.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
    expect(bestWay(abilities)).toBe('video');
  });

  it('tells how far the downloads are that are waited for, and that a face needs a voice', () => {
    const models = [
      model('llm', 'downloading', { received_bytes: 40, seconds_left: 12 }),
      model('stt', 'downloading', { received_bytes: 10, seconds_left: 3 }),
      model('tts', 'queued'),
    ];
    const [chat, voice, video] = readiness({ models, providers: providers('downloading'), voices: [], avatars: [] });
    expect(chat).toEqual({
      name: 'chat',
      state: 'fetching',
      wayOut: 'language-model-fetching',
      received: 40,
      total: 100,
      secondsLeft: 12,
    });
    expect(voice).toMatchObject({ state: 'fetching', received: 10, total: 200, secondsLeft: 3 });
    expect(video).toEqual({ name: 'video', state: 'fetching', wayOut: 'needs-voice' });
  });

  it('names the way out where something is missing', () => {
    const nothing = readiness({ models: [], providers: providers(), voices: [], avatars: [] });
    expect(nothing.map(({ wayOut }) => wayOut)).toEqual(['fetch-language-model', 'fetch-speech-models', 'needs-voice']);
    expect(bestWay(nothing)).toBe('chat');
    const noVoice = readiness({ models: READY, providers: providers('ready'), voices: [], avatars: AVATARS });
    expect(noVoice[1]).toMatchObject({ state: 'missing', wayOut: 'no-voice' });
    const noFaces = readiness({ models: READY, providers: providers('ready'), voices: VOICES, avatars: [] });
    expect(noFaces[2]).toMatchObject({ state: 'loading', wayOut: 'faces-building' });
    expect(bestWay(noFaces)).toBe('voice');
    const failed = readiness({
      models: [model('llm', 'failed'), model('stt', 'failed')],
      providers: providers('failed'),
      voices: [],
      avatars: [],
    });
    expect(failed.map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
  });

  it('does not wait for models that nothing uses', () => {
    const models = [...READY, model('stt', 'failed', { in_use: false }), model('tts', 'downloading', { in_use: false })];
    const abilities = readiness({ models, providers: providers('ready'), voices: VOICES, avatars: AVATARS });
    expect(abilities[1]).toEqual({ name: 'voice', state: 'ready' });
  });
});
