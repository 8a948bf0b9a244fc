import type { WebSocket } from 'ws';
import { type SpeechVendor, startSpeechVendor } from './speech-vendor.ts';

/** A text as somebody said it. */
export interface RecordedSpeech {
  text: string;
  /** 24 kHz, mono. */
  samples: Int16Array;
  /** As they stand in the text, in ms of the sound. */
  words: Array<{ text: string; startMs: number; endMs: number }>;
}

/**
 * A voice in ElevenLabs' wire format (see `startElevenLabsServer`) that says recordings: the same text sounds the same, sample by sample, and costs
 * nothing to say. Another text than those of the recordings is refused.
 */
export function startRecordedVoice(recordings: readonly RecordedSpeech[]): Promise<SpeechVendor> {
  return startSpeechVendor({
    authorised: (headers, apiKey) => headers['xi-api-key'] === apiKey,
    async answer(_request, response) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ voices: [] }));
    },
    talk: (client) => talk(client, recordings),
  });
}

const lettersOf = (text: string) => text.replace(/\W/g, '').toLowerCase();

function talk(client: WebSocket, recordings: readonly RecordedSpeech[]): void {
  let wanted = '';
  client.on('message', (data) => {
    const { text } = JSON.parse(data.toString()) as { text: string };
    wanted += text;
    if (text !== '') return;
    const recording = recordings.find((each) => lettersOf(each.text) === lettersOf(wanted));
    if (recording) client.send(messageOf(recording));
    client.send(JSON.stringify(recording ? { audio: null, isFinal: true } : { error: 'unknown_text', code: 1008 }));
    client.close();
  });
}

function messageOf({ samples, words }: RecordedSpeech): string {
  const marks = words.flatMap(({ text, startMs, endMs }) => {
    const letters = [...text];
    const lengthMs = (endMs - startMs) / letters.length;
    const spoken = letters.map((character, n) => ({ character, startMs: startMs + n * lengthMs, lengthMs }));
    return [...spoken, { character: ' ', startMs: endMs, lengthMs: 0 }];
  });
  return JSON.stringify({
    audio: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64'),
    isFinal: null,
    alignment: {
      chars: marks.map(({ character }) => character),
      charStartTimesMs: marks.map(({ startMs }) => startMs),
      charDurationsMs: marks.map(({ lengthMs }) => lengthMs),
    },
  });
}
