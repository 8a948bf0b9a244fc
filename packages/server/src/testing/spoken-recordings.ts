import type { RecordedSpeech } from './recorded-voice.ts';

interface SpeechEvent {
  type: string;
  audio?: string;
  words?: Array<{ word: string; start: number; end: number }>;
}

/** Has a server's own voice say texts, for a `startRecordedVoice`; waits up to two minutes for the voice. */
export async function recordSpeech(
  server: { url: string; apiKey: string },
  texts: readonly string[],
  voice = 'local/samuel',
): Promise<RecordedSpeech[]> {
  const until = performance.now() + 120_000;
  const recordings: RecordedSpeech[] = [];
  for (const text of texts) {
    let recording = await speak(server, text, voice);
    while (recording === undefined) {
      if (performance.now() > until) throw new Error(`${voice} does not come`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      recording = await speak(server, text, voice);
    }
    recordings.push(recording);
  }
  return recordings;
}

async function speak({ url, apiKey }: { url: string; apiKey: string }, text: string, voice: string) {
  const answer = await fetch(`${url}/api/v1/speech`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ input: text, voice, response_format: 'pcm', stream_format: 'sse' }),
  });
  const body = await answer.text();
  if (answer.status !== 200 || answer.headers.get('x-voice') !== voice) return undefined;
  const events = [...body.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] as string) as SpeechEvent);
  const bytes = Buffer.concat(events.map(({ audio = '' }) => Buffer.from(audio, 'base64')));
  const samples = new Int16Array(bytes.length / 2);
  new Uint8Array(samples.buffer).set(bytes);
  const words = events.flatMap((event) => event.words ?? []);
  return {
    text,
    samples,
    words: words.map(({ word, start, end }) => ({ text: word, startMs: start * 1_000, endMs: end * 1_000 })),
  };
}
