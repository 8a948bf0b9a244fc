import type { WebSocket } from 'ws';
import { createUtteranceListener, type UtteranceListener } from '../listening/utterance-listener.ts';
import type { SpeechEngines } from './speech-engines.ts';
import { openStreamSocket, type StreamSocket } from './stream-socket.ts';
import { type ListenEvent, ListenRequest } from './wire.ts';

/** One stream of `/listen`: audio in, what is heard out. */
export function serveListening(client: WebSocket, engines: SpeechEngines): void {
  let listener: UtteranceListener | undefined;
  const stream: StreamSocket<ListenEvent> = openStreamSocket(client, async (message) => {
    if ('audio' in message) {
      await listener?.push(Float32Array.from(message.audio, (sample) => sample / 32_768));
      return;
    }
    const request = ListenRequest.parse(JSON.parse(message.text));
    if (request.type === 'start') {
      const ears = await engines.openEars({ language: request.language, signal: stream.signal });
      const partials = request.live && ears.partials;
      listener = createUtteranceListener({ ...ears, partials, onHeard: (heard) => stream.send(heard) });
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
