import { initializeLogger, stt, tts } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEars, createVoice } from '../../compose-speech-engines.ts';
import type { SpeechReport } from '../../core/speech/callable-speech.ts';
import {
  atRate,
  createRealSpeech,
  endpointOf,
  hear,
  joined,
  say,
  silence,
  textOf,
  wordErrors,
} from '../../testing/real-speech.ts';
import { ensureSpeechModels } from '../../testing/test-model.ts';
import type { LocalSpeech } from '../local-speech/local-speech.ts';
import { createLanguageModelConnections } from '../openai-compatible/connections.ts';

const connections = createLanguageModelConnections();
initializeLogger({ pretty: false, level: 'silent' });
const { store } = await ensureSpeechModels();
const { START_OF_SPEECH, INTERIM_TRANSCRIPT, FINAL_TRANSCRIPT, END_OF_SPEECH } = stt.SpeechEventType;
const DEAD = { kind: 'local', url: 'ws://127.0.0.1:9', apiKey: 'none' } as const;
const TEXT = 'Good morning to you. **Please** bring the blue folder,\nand 2 pencils.';

describe.skipIf(!store)('the speech of this machine in chains', () => {
  let speech: LocalSpeech;
  let reports: SpeechReport[];
  beforeAll(async () => {
    speech = await createRealSpeech();
    await speech.start(new AbortController().signal);
  });
  afterAll(async () => {
    await connections.close();
    await speech?.stop();
  });
  const endpoint = () => ({ kind: 'local', ...endpointOf(speech) }) as const;
  const options = () => {
    reports = [];
    return { language: 'en', connections, report: (report: SpeechReport) => reports.push(report) };
  };

  it('hears an utterance as soon as its end is told', async () => {
    const said = await say(endpointOf(speech), 'Please bring the blue folder with you.');
    const stream = createEars([DEAD, endpoint()], options()).stream();
    const samples = joined([silence(0.4, 16_000), atRate(said.samples, 24_000, 16_000), silence(0.1, 16_000)]);
    for (let at = 0; at + 320 <= samples.length; at += 320)
      stream.pushFrame(new AudioFrame(samples.slice(at, at + 320), 16_000, 1, 320));
    stream.flush();
    const types: stt.SpeechEventType[] = [];
    let text = '';
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === FINAL_TRANSCRIPT) text = event.alternatives?.[0].text ?? '';
      if (event.type === END_OF_SPEECH) break;
    }
    stream.close();
    expect(wordErrors('Please bring the blue folder with you.', text)).toBeLessThanOrEqual(1);
    expect(types.filter((type) => type !== INTERIM_TRANSCRIPT)).toEqual([START_OF_SPEECH, FINAL_TRANSCRIPT, END_OF_SPEECH]);
    expect(reports).toEqual([{ provider: 'local', stage: 'listening', kind: 'unreachable' }]);
  });

  it('says a text, whose words are those that were written', async () => {
    const voice = createVoice(
      [
        { ...DEAD, speed: 1 },
        { ...endpoint(), voice: 'local/samuel', speed: 1 },
      ],
      options(),
    );
    const stream = voice.stream();
    for (const token of TEXT.split(/(?<= )/)) stream.pushText(token);
    stream.endInput();
    const samples: Int16Array[] = [];
    const words: Array<{ text: string; phonemes?: Array<{ phoneme: string }> }> = [];
    for await (const audio of stream) {
      if (audio === tts.SynthesizeStream.END_OF_STREAM) continue;
      samples.push(audio.frame.data);
      words.push(...(audio.timedTranscripts ?? []));
    }
    await voice.close();
    expect(words.map(({ text }) => text).join('')).toBe(TEXT);
    expect(words[0]?.phonemes?.map(({ phoneme }) => phoneme).join('')).toMatch(/^[gɡ]ʊd$/);
    const understood = textOf(await hear(endpointOf(speech), atRate(joined(samples), 24_000, 16_000)));
    expect(wordErrors('Good morning to you. Please bring the blue folder, and two pencils.', understood)).toBeLessThanOrEqual(2);
    expect(reports).toEqual([{ provider: 'local', stage: 'speaking', kind: 'unreachable' }]);
  });
});
