import { existsSync, readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atRate } from '../packages/server/src/testing/real-speech.ts';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { CHROMIUM, openBrowser } from './harness/browser.ts';
import { createCall, joinCall } from './harness/caller.ts';
import { accessibilityProblemsInBothSchemes, setUpAccount, signIn, tooWideElements } from './harness/console.ts';
import { API_KEY, cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { say } from './harness/speech.ts';
import { until } from './harness/until.ts';

const models = await ensureSpeechModels();
const ANSWER = 'We open at nine in the morning, and we close at five.';
const LONG = Array.from({ length: 12 }, (_, n) => `Here comes sentence number ${n + 1} of a long story.`).join(' ');

/** A person who reads and hears what was said; real conversations, a real browser. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('the sessions of the console', () => {
  let provider: Provider;
  let product: Product;
  let browser: Browser;
  let page: Page;
  let chatAgentId: number;
  let guideId: number;

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: ANSWER }));
    product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
      settings: { sessions: { concurrent: 100_000 } },
    });
    await setUpAccount(product);
    chatAgentId = await product.api.createAgent({ name: 'Help desk', custom_greeting: 'Hello! How can I help?' });
    guideId = await product.api.createAgent({
      name: 'Museum guide',
      custom_greeting: 'Welcome to the museum!',
      properties: { recording: { enabled: true } },
    });
    browser = await openBrowser();
    page = await (await browser.newContext({ acceptDownloads: true })).newPage();
    page.setDefaultTimeout(60_000);
  });
  afterAll(async () => {
    await browser?.close();
    await provider?.close();
    await cleanUp();
  });

  const rows = () => page.getByRole('list', { name: 'Sessions, newest first' }).getByRole('link');
  const chat = async (...messages: string[]) => {
    const { session_id } = await createCall(product, chatAgentId, 'agent_chat');
    for (const message of messages) await product.api.ok('POST', `sessions/${session_id}/messages`, { message });
    return session_id;
  };
  const download = async (item: string | RegExp) => {
    await page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()]);
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
  };

  it('appear in the list by themselves, and are found by what was said', { timeout: 120_000 }, async () => {
    await signIn(page, product, undefined, '/sessions');
    await page.getByText('No conversations yet').waitFor();
    const wheelchair = await chat('Do you have a wheelchair that I can borrow?');
    await page.getByRole('link', { name: `Session ${wheelchair} with Help desk` }).waitFor();
    await rows().getByText('Live').waitFor();
    const garden = await chat('Is there a garden?');
    await page.getByRole('link', { name: `Session ${garden} with Help desk` }).waitFor();
    expect(await rows().count()).toBe(2);

    await page.getByLabel('Search what was said').fill('wheelchair borrow');
    await page.getByRole('link', { name: `Session ${garden} with Help desk` }).waitFor({ state: 'detached' });
    expect(await rows().count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('search')).toBe('wheelchair borrow');
    await page.getByLabel('Search what was said').fill('crocodile');
    await page.getByText('No session fits').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).last().click();
    await page.getByRole('link', { name: `Session ${garden} with Help desk` }).waitFor();

    await product.api.ok('PUT', `sessions/${garden}/end`, {});
    await rows().getByText('Ended by the user').waitFor();
    await page.goto(`${product.url}/sessions?status=active`);
    await page.getByRole('link', { name: `Session ${wheelchair} with Help desk` }).waitFor();
    expect(await rows().count()).toBe(1);
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    expect(await tooWideElements(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('are read while they go on, and ended from here', { timeout: 120_000 }, async () => {
    const id = await chat('Hello there');
    await page.goto(`${product.url}/sessions/${id}`);
    const said = page.getByRole('list', { name: 'Conversation' }).getByRole('listitem');
    await said.filter({ hasText: 'Hello there' }).waitFor();
    await product.api.ok('POST', `sessions/${id}/messages`, { message: 'One more question' });
    await said.filter({ hasText: 'One more question' }).waitFor();
    await until('the second answer', async () => (await said.filter({ hasText: ANSWER }).count()) === 2);
    expect(await said.allInnerTexts()).toEqual([
      expect.stringContaining('How can I help?'),
      expect.stringContaining('Hello there'),
      expect.stringContaining(ANSWER),
      expect.stringContaining('One more question'),
      expect.stringContaining(ANSWER),
    ]);
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click();
    await page.getByText('Ended by the user').waitFor();
    await page.getByText('The user, or the program that the user talked through, ended the conversation.').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('The session was deleted').waitFor();
    expect((await product.api.call('GET', `sessions/${id}`)).status).toBe(404);
  });

  it('that were recorded are played along the transcript, timed and exported', { timeout: 240_000 }, async () => {
    const id = await recordedCall();
    await page.goto(`${product.url}/sessions/${id}`);
    const said = page.getByRole('list', { name: 'Conversation' }).getByRole('listitem');
    const answer = said.filter({ hasText: ANSWER });
    await answer.waitFor();
    const cutOff = said.filter({ hasText: 'Here comes sentence number 1' });
    await cutOff.getByText('Interrupted').waitFor();
    await cutOff.getByText(/The rest of the reply was not heard/).waitFor();
    expect(await cutOff.textContent()).not.toContain('sentence number 12');

    await answer.getByRole('button', { name: /Play from/ }).click();
    await page.locator('li[aria-current=true]', { hasText: ANSWER }).waitFor();
    const startedAt = await playedSeconds();
    await until('the recording to go on', async () => (await playedSeconds()) > startedAt + 0.5);
    await page.getByRole('button', { name: 'Pause' }).click();
    // What sounds there is what stands there.
    expect(await textHeardAt(id, startedAt, startedAt + 3)).toMatch(/nine|morning/i);
    // By a click on the words, too; and the one mark moves on.
    await said.filter({ hasText: 'Welcome to the museum!' }).getByText('Welcome to the museum!').click();
    await page.locator('li[aria-current=true]', { hasText: 'Welcome to the museum!' }).waitFor();
    expect(await page.locator('li[aria-current=true]').count()).toBe(1);
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);

    await answer.getByRole('button', { name: 'Timing of this turn' }).click();
    await answer.getByText('First word written').waitFor();
    await page.getByRole('tab', { name: 'Timing' }).click();
    await page.getByText('Typical answer (median)').waitFor();
    expect(await accessibilityProblemsInBothSchemes(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Data' }).click();
    await page.getByText('"end_reason": "ended-by-client"').waitFor();

    const { body } = await product.api.call<{ messages: Array<{ content: string }> }>('GET', `sessions/${id}/messages`);
    const json = await download(/JSON/);
    expect(json.name).toBe(`session-${id}.json`);
    expect(JSON.parse(json.text)).toMatchObject({ session: { session_id: id }, messages: body.messages });
    const text = await download(/TXT/);
    expect(text.text).toMatch(/^\[\d:\d\d\] Museum guide: We open at nine/m);
    const subtitles = await download(/WebVTT/);
    expect(subtitles.text).toMatch(/^WEBVTT\n\n/);
    expect(await cuesOf(subtitles.text)).toBe(body.messages.length);
    expect(await tooWideElements(page)).toEqual([]);
    await page.goto(`${product.url}/sessions/${id}`);
    await answer.waitFor();
    expect(await tooWideElements(page)).toEqual([]);
  });

  /** Asks, is answered, asks again, interrupts the long answer, and ends. */
  async function recordedCall(): Promise<number> {
    await until(
      'the ears and voices to be there',
      async () => {
        const { status } = await product.api.call('POST', 'speech', { input: 'Yes.', response_format: 'wav' });
        const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', { agent_id: guideId });
        return status === 200 && !session.warnings.includes('voice-unavailable');
      },
      90_000,
    );
    const question = await spoken('When do you open on Monday?');
    const { session_id } = await createCall(product, guideId);
    const caller = await joinCall(product, session_id);
    try {
      await caller.event('reply.end');
      await caller.peer.speak(question);
      await caller.event('reply.end', ({ content }) => content === ANSWER, 40_000);
      provider.script(() => ({ tokens: LONG }));
      await caller.peer.speak(question);
      await until('some sentences', () => longWords(caller.events) > 8, 40_000);
      provider.script(() => ({ tokens: 'As you like.' }));
      await caller.peer.speak(question);
      await caller.event('reply.end', ({ content }) => content === 'As you like.', 40_000);
      await product.api.ok('PUT', `sessions/${session_id}/end`, {});
    } finally {
      caller.peer.close();
    }
    return session_id;
  }

  const longWords = (events: ReadonlyArray<{ type: string }>) =>
    events.filter((event) => event.type === 'reply.words' && JSON.stringify(event).includes('sentence')).length;

  /** A sentence as somebody says it, at 48 kHz. */
  async function spoken(input: string): Promise<Int16Array> {
    const answer = await say(product, input, 'pcm');
    return atRate(new Int16Array(await answer.arrayBuffer()), 24_000, 48_000);
  }

  const playedSeconds = () => page.evaluate('document.querySelector("audio").currentTime') as Promise<number>;

  /** What the recogniser hears in the recording around there, in seconds. */
  async function textHeardAt(id: number, from: number, to: number): Promise<string> {
    const headers = { 'x-api-key': API_KEY };
    const recording = await (await fetch(`${product.url}/api/v1/sessions/${id}/recording`, { headers })).blob();
    const form = new FormData();
    form.set('response_format', 'verbose_json');
    form.set('file', recording, 'recording.ogg');
    const answer = await fetch(`${product.url}/api/v1/transcriptions`, { method: 'POST', headers, body: form });
    const { segments = [] } = (await answer.json()) as { segments?: Array<{ start: number; end: number; text: string }> };
    return segments
      .filter(({ start, end }) => start < to && end > from)
      .map(({ text }) => text)
      .join(' ');
  }

  /** How many cues a browser reads in subtitles. */
  const cuesOf = (text: string) =>
    page.evaluate(`new Promise((resolve, reject) => {
      const video = document.createElement('video');
      const track = document.createElement('track');
      track.default = true;
      track.src = URL.createObjectURL(new Blob([${JSON.stringify(text)}], { type: 'text/vtt' }));
      track.onload = () => resolve(track.track.cues.length);
      track.onerror = () => reject(new Error('no subtitles'));
      video.append(track);
      document.body.append(video);
      track.track.mode = 'hidden';
    })`) as Promise<number>;
});
