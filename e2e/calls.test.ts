import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSpeech } from '../packages/server/src/providers/local-speech/local-speech.ts';
import {
  atRate,
  createRealSpeech,
  endpointOf,
  hear,
  joined,
  textOf,
  wordErrors,
  wordsOf,
} from '../packages/server/src/testing/real-speech.ts';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { loudness } from '../packages/server/src/testing/webrtc-peer.ts';
import { type Caller, createCall, joinCall, spoken } from './harness/caller.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';

const models = await ensureSpeechModels();
const LONG = Array.from({ length: 12 }, (_, n) => `Here comes sentence number ${n + 1} of a long story.`).join(' ');

/** The real ears and voices of the product; the language model is scripted, so that answers are known. */
describe.skipIf(!models.store)('a spoken session', () => {
  const stopping = new AbortController();
  let speech: LocalSpeech;
  let question: Int16Array;
  let provider: Provider;
  let product: Product;
  let usualAgentId: number;
  let agentId: number;
  const callers: Caller[] = [];

  const start = (dataDir?: string) =>
    startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
      settings: { sessions: { concurrent: 100_000 } },
      ...(dataDir !== undefined && { dataDir }),
    });
  const ready = async () => {
    await until(
      'the ears and voices to be there',
      async () => {
        const { status } = await product.api.call('POST', 'speech', {
          input: 'Yes.',
          voice: 'local/samuel',
          response_format: 'wav',
        });
        const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', { agent_id: agentId });
        return status === 200 && !session.warnings.includes('voice-unavailable');
      },
      90_000,
    );
  };
  const join = async (sessionId: number) => {
    const caller = await joinCall(product, sessionId);
    callers.push(caller);
    return caller;
  };
  const call = async () => join((await createCall(product, agentId)).session_id);
  const agent = (properties: object = {}) =>
    product.api.createAgent({
      name: 'Museum',
      context: 'You answer for a museum.',
      custom_greeting: 'Welcome to the museum!',
      properties,
    });

  beforeAll(async () => {
    speech = await createRealSpeech();
    await speech.start(stopping.signal);
    await until('a voice', () => speech.state().voices.includes('local/clara') && speech.state().listening === 'ready', 60_000);
    question = await spoken(endpointOf(speech), 'When do you open on Monday?', 'local/clara');
    provider = await startProvider(() => ({ tokens: 'We open at nine in the morning, and we close at five.' }));
    product = await start();
    usualAgentId = await agent();
    agentId = usualAgentId;
    await ready();
  });
  beforeEach(async () => {
    agentId = usualAgentId;
    provider.script(() => ({ tokens: 'We open at nine in the morning, and we close at five.' }));
  });
  afterEach(() => {
    for (const caller of callers.splice(0)) caller.peer.close();
  });
  afterAll(async () => {
    stopping.abort();
    await speech?.stop();
    await provider?.close();
    await cleanUp();
  });

  /** What the caller has heard since, through the recogniser. */
  async function understood(caller: Caller, from = 0): Promise<string> {
    const sound = joined(caller.peer.heard.slice(from).map(({ samples }) => samples));
    return textOf(await hear(endpointOf(speech), atRate(sound, 48_000, 16_000)));
  }

  it('greets, hears, answers, and can be understood', { timeout: 60_000 }, async () => {
    const caller = await call();
    await caller.event('reply.end', ({ content }) => content === 'Welcome to the museum!');
    const from = caller.peer.heard.length;
    await caller.peer.speak(question);
    const turn = await caller.event('message', ({ message }) => message.role === 'user');
    expect(wordErrors('When do you open on Monday?', turn.message.content), turn.message.content).toBeLessThanOrEqual(1);
    const end = await caller.event('reply.end', ({ content }) => content.startsWith('We open'));
    expect(end).toMatchObject({ interrupted: false, content: 'We open at nine in the morning, and we close at five.' });
    const { speech_end, transcript, turn_end, first_token, first_audio_made, first_audio_sent, total } = end.latency_ms;
    const stages = [speech_end, turn_end, first_token, first_audio_made, first_audio_sent, total] as number[];
    expect(stages).toEqual([...stages].sort((a, b) => a - b));
    expect(transcript).toBeLessThanOrEqual(turn_end ?? 0);
    await until(
      'the last words to arrive',
      () => loudness(joined(caller.peer.heard.slice(-30).map(({ samples }) => samples))) < 50,
    );
    const heard = await understood(caller, from);
    expect(wordErrors(end.content, heard), heard).toBeLessThanOrEqual(3);
    const { messages } = await product.api.ok<{ messages: unknown[] }>('GET', `sessions/${caller.sessionId}/messages`);
    expect(messages).toMatchObject([
      { role: 'assistant', content: 'Welcome to the museum!', source: 'speech' },
      { role: 'user', source: 'speech', answered: true },
      { role: 'assistant', source: 'speech', interrupted: false, spoken_ms: expect.any(Number), latency_ms: end.latency_ms },
    ]);
  });

  it('stops when the user talks over it, and stores what was heard', { timeout: 60_000 }, async () => {
    provider.script(() => ({ tokens: LONG }));
    const caller = await call();
    await caller.event('reply.end');
    await caller.peer.speak(question);
    await caller.event('reply.playing', ({ playing, position_ms }) => playing && position_ms === 0);
    await until('some sentences', () => caller.events.filter(({ type }) => type === 'reply.words').length > 3);
    provider.script(() => ({ tokens: 'As you like.' }));
    await caller.peer.speak(question);
    const end = await caller.event('reply.end', ({ interrupted }) => interrupted);
    expect(LONG.startsWith(end.content)).toBe(true);
    expect(end.content.length).toBeLessThan(LONG.length / 2);
    const words = caller.events.flatMap((event) =>
      event.type === 'reply.words' && event.reply_id === end.reply_id ? event.words : [],
    );
    const played = words.filter(({ start_ms, end_ms }) => (start_ms + end_ms) / 2 <= end.spoken_ms);
    expect(Math.abs(played.length - wordsOf(end.content).length)).toBeLessThanOrEqual(1);
    await caller.event('reply.end', ({ content }) => content === 'As you like.');
    expect(
      (await product.api.messages(caller.sessionId)).map(({ content, interrupted }) => [content, interrupted]),
    ).toContainEqual([end.content, true]);
    // The model is told what was heard, not what it wrote.
    const told = provider.requests.at(-1)?.body.messages ?? [];
    expect(told.map(({ content }) => content)).toContain(end.content);
    expect(told.map(({ content }) => content)).not.toContain(LONG);
  });

  it('answers typed messages by voice, and goes on as a chat and back', { timeout: 60_000 }, async () => {
    const caller = await call();
    await caller.event('reply.end');
    const typed = await product.api.send(caller.sessionId, 'And when do you close?', { key: 'k1', streamed: false });
    expect(typed).toMatchObject({ type: 'answered', reply: { interrupted: false } });
    await caller.event('reply.end', ({ content, spoken_ms }) => content.startsWith('We open') && spoken_ms > 500);
    await product.api.ok('PATCH', `sessions/${caller.sessionId}`, { session_type: 'agent_chat' });
    await caller.event('session.type', ({ session_type }) => session_type === 'agent_chat');
    await until('the connection to be closed', () => caller.peer.state() !== 'connected');
    provider.script(({ body }) => ({ tokens: `I was told ${body.messages?.length} messages.` }));
    const written = await product.api.send(caller.sessionId, 'In writing?', { key: 'k2', streamed: false });
    expect(written).toMatchObject({ reply: { content: 'I was told 5 messages.' } });
    await product.api.ok('PATCH', `sessions/${caller.sessionId}`, { session_type: 'agent_voice' });
    const back = await join(caller.sessionId);
    expect(await back.event('session.joined')).toMatchObject({ resumed: true });
    const spokenAgain = await product.api.send(caller.sessionId, 'By voice?', { key: 'k3', streamed: false });
    expect(spokenAgain).toMatchObject({ reply: { content: 'I was told 7 messages.' } });
    expect(back.events.some((event) => event.type === 'reply.start' && event.source === 'greeting')).toBe(false);
  });

  it('goes on after a reload where it was, without greeting again', { timeout: 60_000 }, async () => {
    const first = await call();
    await first.event('reply.end');
    first.send({ type: 'bye' });
    first.peer.close();
    const usage = async () =>
      (await product.api.ok<{ session: { usage: { seconds: number } } }>('GET', `sessions/${first.sessionId}`)).session;
    await usage();
    const second = await join(first.sessionId);
    expect(await second.event('session.joined')).toMatchObject({ resumed: true });
    await second.peer.speak(question);
    await second.event('reply.end', ({ content }) => content.startsWith('We open'));
    expect(
      second.events.filter((event) => event.type === 'reply.start').map((event) => 'source' in event && event.source),
    ).toEqual(['speech']);
  });

  it('is taken up by another worker when its own is killed in mid-sentence', { timeout: 60_000 }, async () => {
    provider.script(() => ({ tokens: LONG }));
    const caller = await call();
    await caller.event('reply.end');
    await caller.peer.speak(question);
    await until('some sentences', () => caller.events.filter(({ type }) => type === 'reply.words').length > 3);
    await until('something heard', () => loudness(caller.peer.heard.at(-1)?.samples ?? new Int16Array(1)) > 500);
    const killedAt = performance.now();
    process.kill(product.workers()[0] as number, 'SIGKILL');
    // It may be sent to the dying worker; otherwise it waits for the next one.
    const again = await join(caller.sessionId).catch(() => join(caller.sessionId));
    expect(await again.event('session.joined')).toMatchObject({ resumed: true });
    expect(performance.now() - killedAt).toBeLessThan(15_000);
    const cut = (await product.api.messages(caller.sessionId)).at(-1);
    expect(cut).toMatchObject({ role: 'assistant', interrupted: true });
    expect(LONG.startsWith(cut?.content ?? 'x')).toBe(true);
    provider.script(({ body }) => ({
      tokens: `You asked ${body.messages?.filter(({ role }) => role === 'user').length} times.`,
    }));
    await again.peer.speak(question);
    await again.event('reply.end', ({ content }) => content === 'You asked 2 times.');
  });

  it('ends for the reason there is, and tells it before the connection closes', { timeout: 120_000 }, async () => {
    const reasonOf = async (id: number) => (await product.api.session(id)).end_reason;
    const ended = await call();
    await ended.event('session.joined');
    await product.api.endSession(ended.sessionId);
    expect(await ended.event('session.ended')).toMatchObject({ reason: 'ended-by-client' });

    agentId = await agent({ turn: { silence: { nudge_after_seconds: 3, end_after_seconds: 6 } }, limits: { rejoin_seconds: 5 } });
    const silent = await call();
    await silent.event('reply.start', ({ source }) => source === 'notice');
    expect(await silent.event('session.ended')).toMatchObject({ reason: 'silence' });
    await until('the end to be stored', async () => (await reasonOf(silent.sessionId)) === 'silence');

    const gone = await call();
    await gone.event('session.joined');
    gone.peer.close();
    await until('the session to end', async () => (await reasonOf(gone.sessionId)) === 'client-gone', 30_000);

    agentId = await agent({ turn: { end_call: true } });
    const byAgent = await call();
    await byAgent.event('reply.end');
    provider.script(() => ({ tokens: [], toolCall: { name: 'end_call', arguments: '{"goodbye":"Goodbye, and thank you."}' } }));
    await byAgent.peer.speak(question);
    expect(await byAgent.event('session.ended')).toMatchObject({ reason: 'ended-by-agent' });
    expect((await product.api.messages(byAgent.sessionId)).at(-1)).toMatchObject({
      content: 'Goodbye, and thank you.',
      interrupted: false,
    });
  });

  it('tells its events to readers without a data channel, too', async () => {
    const { session_id } = await createCall(product, agentId);
    const response = await fetch(`${product.url}/api/v1/sessions/${session_id}/events`, {
      headers: { 'x-api-key': product.apiKey },
    });
    const caller = await join(session_id);
    await caller.event('reply.end');
    await product.api.endSession(session_id);
    const types = [...(await response.text()).matchAll(/^event: (\S+)$/gm)].map(([, type]) => type);
    expect(types).toEqual(expect.arrayContaining(['session.presence', 'reply.start', 'reply.words', 'reply.end', 'message']));
    expect(types.at(-1)).toBe('session.ended');
  });

  it('refuses offers that cannot be answered, and goes on', async () => {
    const { session_id } = await createCall(product, agentId);
    for (const sdp of ['v=0', 'hello', 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(20)]) {
      const answer = await product.api.call<{ code: string; error: string }>('POST', `sessions/${session_id}/connect`, { sdp });
      expect([answer.status, answer.body.code]).toEqual([400, 'offer-invalid']);
    }
    const caller = await join(session_id);
    await caller.event('session.joined');
  });

  it('goes on after the server was restarted, within the time there is to come back', { timeout: 90_000 }, async () => {
    const caller = await call();
    await caller.event('reply.end');
    const { dataDir } = product;
    await product.stop();
    expect(caller.events.at(-1)?.type).toBe('server.restarting');
    product = await start(dataDir);
    await ready();
    const again = await join(caller.sessionId);
    expect(await again.event('session.joined')).toMatchObject({ resumed: true });
    await again.peer.speak(question);
    await again.event('reply.end', ({ content }) => content.startsWith('We open'));
  });
});
