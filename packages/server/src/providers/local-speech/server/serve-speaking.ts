import type { WebSocket } from 'ws';
import { createSpeechFlow, type SpeechFlow } from '../speaking/speech-flow.ts';
import type { SpeechEngines } from './speech-engines.ts';
import { failureOf, openStreamSocket, readRequest, type StreamSocket } from './stream-socket.ts';
import { type SpeakEvent, SpeakRequest } from './wire.ts';

/** One stream of `/speak`: text in, speech out. */
export function serveSpeaking(client: WebSocket, engines: SpeechEngines): void {
  let flow: SpeechFlow | undefined;
  const stream: StreamSocket<SpeakEvent> = openStreamSocket(client, async (message) => {
    if ('audio' in message) return;
    const request = readRequest(SpeakRequest, message.text);
    if (request.type === 'start') {
      const voice = engines.openVoice(request.voice, { speed: request.speed, signal: stream.signal });
      stream.send({ type: 'voice', voice: voice.id });
      flow = createSpeechFlow({
        language: voice.language,
        speed: request.speed,
        speak: voice.speak,
        onPart: ({ words, samples }) => stream.send({ type: 'part', words }, samples),
        onFlushed: () => stream.send({ type: 'flushed' }),
        onFailed(error) {
          stream.send(failureOf(error));
          stream.close();
        },
      });
    } else if (request.type === 'text') flow?.push(request.text);
    else if (request.type === 'flush') flow?.flush();
    else {
      await flow?.end();
      stream.send({ type: 'end' });
      stream.close();
    }
  });
}
