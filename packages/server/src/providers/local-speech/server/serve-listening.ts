import type { WebSocket } from 'ws';
import { createUtteranceListener, type UtteranceListener } from '../listening/utterance-listener.ts';
import type { SpeechEngines } from './speech-engines.ts';
import { openStreamSocket, readRequest, type StreamSocket } from './stream-socket.ts';
import { type ListenEvent, ListenRequest } from './wire.ts';

/** One stream of `/listen`: audio in, what is heard out. */
export function serveListening(client: WebSocket, engines: SpeechEngines): void {
  let listener: UtteranceListener | undefined;
  const stream: StreamSocket<ListenEvent> = openStreamSocket(client, async (message) => {
    if ('audio' in message) {
      await listener?.push(toFloats(message.audio));
      return;
    }
    const request = readRequest(ListenRequest, message.text);
    if (request.type === 'start') {
      const { language, live } = request;
      const ears = await engines.openEars({ language, live, signal: stream.signal });
      listener = createUtteranceListener({ ...ears, onHeard: (heard) => stream.send(heard) });
      return;
    }
    await listener?.flush();
    if (request.type === 'flush') stream.send({ type: 'flushed' });
    else {
      stream.send({ type: 'end' });
      stream.close();
    }
  });
}

/** A plain loop: `Float32Array.from` takes ten times as long. */
function toFloats(pcm: Int16Array): Float32Array {
  const samples = new Float32Array(pcm.length);
  for (let at = 0; at < pcm.length; at += 1) samples[at] = (pcm[at] ?? 0) / 32_768;
  return samples;
}
