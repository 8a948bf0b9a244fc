import { initializeLogger, stt } from '@livekit/agents';
import { STT } from '@livekit/agents-plugin-deepgram';
import { TTS as ElevenLabs } from '@livekit/agents-plugin-elevenlabs';
import { TTS as OpenAi } from '@livekit/agents-plugin-openai';
import { AudioFrame } from '@livekit/rtc-node';
import { expect, it } from 'vitest';
import { startDeepgramServer } from '../../testing/deepgram-server.ts';
import { startElevenLabsServer } from '../../testing/elevenlabs-server.ts';
import { startOpenAiAudioServer } from '../../testing/openai-audio-server.ts';
import { soundOf } from '../../testing/speech-vendor.ts';

initializeLogger({ pretty: false, level: 'silent' });

// Why we speak to these vendors ourselves. When one of these tests fails, a newer plugin does better, and ours may go.

/** 1.9: `runWS` awaits the task that watches the socket as if it were a promise. */
it('LiveKit’s plugin for Deepgram does not notice that its connection dropped', async () => {
  const server = await startDeepgramServer();
  server.fault({ how: 'drop', afterWords: 2 });
  const plugin = new STT({ apiKey: server.apiKey, baseUrl: server.origin.replace('http', 'ws'), language: 'en' });
  let failed = false;
  plugin.on('error', () => {
    failed = true;
  });
  const stream = plugin.stream({ connOptions: { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 1_000 } });
  let ended = false;
  const texts: string[] = [];
  const reading = (async () => {
    for await (const event of stream)
      if (event.type === stt.SpeechEventType.INTERIM_TRANSCRIPT) texts.push(event.alternatives?.[0].text ?? '');
    ended = true;
  })();
  const speak = () => {
    const sound = soundOf(4, 16_000);
    for (let at = 0; at + 320 <= sound.length; at += 320)
      stream.pushFrame(new AudioFrame(sound.slice(at, at + 320), 16_000, 1, 320));
  };
  speak();
  await expect.poll(() => texts).toContain('word1 word2');
  await expect.poll(() => server.open()).toBe(0);
  server.fault({ how: 'none' });
  speak();
  stream.flush();
  // There is nothing to wait for: that nothing comes is the point. Ours is back within milliseconds.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect({ failed, ended, connections: server.requests.length }).toEqual({ failed: false, ended: false, connections: 1 });
  stream.close();
  await reading;
  await server.close();
});

/** 1.9: `currentConnection` holds its lock while it connects, and nothing ends a WebSocket that is connecting. */
it('LiveKit’s plugin for ElevenLabs never gives up a connection that hangs, and lets later replies wait for it', async () => {
  const server = await startElevenLabsServer();
  server.fault({ how: 'hang-connecting' });
  const plugin = new ElevenLabs({ apiKey: server.apiKey, baseURL: `${server.origin}/v1` });
  plugin.on('error', () => undefined);
  const first = plugin.stream();
  first.pushText('Hello.');
  await expect.poll(() => server.open()).toBe(1);
  first.close();
  server.fault({ how: 'none' });
  const second = plugin.stream();
  second.pushText('Hello again.');
  second.endInput();
  await plugin.close();
  // There is nothing to wait for: that nothing happens is the point.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect({ open: server.open(), connections: server.requests.length }).toEqual({ open: 1, connections: 1 });
  await server.close();
});

/** 1.9: `run` awaits the whole answer. */
it('LiveKit’s plugin for OpenAI holds speech back until all of it has come', async () => {
  const server = await startOpenAiAudioServer();
  server.fault({ how: 'hang', afterWords: 3 });
  const plugin = new OpenAi({ apiKey: server.apiKey, baseURL: server.url });
  plugin.on('error', () => undefined);
  const stop = new AbortController();
  const stream = plugin.synthesize('One two three four.', undefined, stop.signal);
  let frames = 0;
  const reading = (async () => {
    for await (const _ of stream) frames += 1;
  })();
  await expect.poll(() => server.texts).toHaveLength(1);
  // As above. Three words, most of a second, have been sent.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(frames).toBe(0);
  stop.abort();
  await reading.catch(() => undefined);
  await server.close();
});
