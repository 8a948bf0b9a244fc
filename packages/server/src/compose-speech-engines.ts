import type { EarsEndpoint, VoiceEndpoint } from './core/calls/voice-spec.ts';
import type { CallableVoice, Recogniser, SpeechReport } from './core/speech/callable-speech.ts';
import { createCartesiaVoice } from './providers/cloud-speech/cartesia-voice.ts';
import { createDeepgramRecogniser } from './providers/cloud-speech/deepgram-recogniser.ts';
import { createElevenLabsVoice } from './providers/cloud-speech/elevenlabs-voice.ts';
import { createOpenAiRecogniser, createOpenAiVoice, type PostAudio } from './providers/cloud-speech/openai-audio.ts';
import { createLocalRecogniser, createLocalVoice } from './providers/local-speech/local-callable.ts';
import type { EndpointAddress, LanguageModelConnections } from './providers/openai-compatible/connections.ts';
import { EarsChain } from './providers/speech-chain/ears-chain.ts';
import { createSpeakingChain } from './providers/speech-chain/speaking-chain.ts';
import { VoiceChain } from './providers/speech-chain/voice-chain.ts';

export interface SpeechEngineOptions {
  /** As in `en` or `en-GB`. */
  language: string;
  /** Called once for each failed call, and where none is left to be asked. */
  report(report: SpeechReport): void;
  /** What OpenAI-compatible endpoints are reached with; those of the process, which closes them. */
  connections: Pick<LanguageModelConnections, 'post'>;
  /** The share of their time that providers get until they are given up (for tests). */
  patience?: number;
}

/** The ears of a conversation, over these recognisers in their order. They never fail; see `EarsChain`. */
export function createEars(endpoints: readonly EarsEndpoint[], options: SpeechEngineOptions): EarsChain {
  return new EarsChain({ ...options, recognisers: endpoints.map((endpoint) => recogniserOf(endpoint, options)) });
}

/** The voice of a conversation, over these voices in their order. It never fails; see `VoiceChain`. */
export function createVoice(endpoints: readonly VoiceEndpoint[], options: SpeechEngineOptions): VoiceChain {
  return new VoiceChain({ ...options, voices: endpoints.map((endpoint) => voiceOf(endpoint, options)) });
}

/** The same without the framework of conversations around it: says whole texts. */
export function createTextVoice(endpoints: readonly VoiceEndpoint[], options: SpeechEngineOptions) {
  const voices = endpoints.map((endpoint) => voiceOf(endpoint, options));
  const chain = createSpeakingChain({ ...options, voices });
  return { speak: chain.speak, close: async () => void (await Promise.allSettled(voices.map((voice) => voice.close?.()))) };
}

function recogniserOf(endpoint: EarsEndpoint, { language, connections }: SpeechEngineOptions): Recogniser {
  switch (endpoint.kind) {
    case 'local':
      return createLocalRecogniser(endpoint, language);
    case 'deepgram':
      return createDeepgramRecogniser({ ...endpoint, language });
    case 'openai':
      return createOpenAiRecogniser({ ...endpoint, language, post: postTo(connections, endpoint) });
  }
}

function voiceOf(endpoint: VoiceEndpoint, { language, connections }: SpeechEngineOptions): CallableVoice {
  switch (endpoint.kind) {
    case 'local':
      return createLocalVoice(endpoint);
    case 'elevenlabs':
      return createElevenLabsVoice({ ...endpoint, language });
    case 'cartesia':
      return createCartesiaVoice({ ...endpoint, language });
    case 'openai':
      return createOpenAiVoice({ ...endpoint, language, post: postTo(connections, endpoint) });
  }
}

function postTo(connections: SpeechEngineOptions['connections'], endpoint: EndpointAddress): PostAudio {
  return (path, request) => connections.post(endpoint, path, request);
}
