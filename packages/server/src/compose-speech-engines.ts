import type { EarsEndpoint, VoiceEndpoint } from './core/calls/voice-spec.ts';
import type { CallableVoice, Recogniser, SpeechReport } from './core/speech/callable-speech.ts';
import { createLocalRecogniser, createLocalVoice } from './providers/local-speech/local-callable.ts';
import { EarsChain } from './providers/speech-chain/ears-chain.ts';
import { VoiceChain } from './providers/speech-chain/voice-chain.ts';

interface EngineOptions {
  /** As in `en` or `en-GB`. */
  language: string;
  /** Called once for each failed call, and where none is left to be asked. */
  report(report: SpeechReport): void;
}

/** The ears of a conversation, over these recognisers in their order. They never fail; see `EarsChain`. */
export function createEars(endpoints: readonly EarsEndpoint[], options: EngineOptions): EarsChain {
  return new EarsChain({ ...options, recognisers: endpoints.map((endpoint) => recogniserOf(endpoint, options.language)) });
}

/** The voice of a conversation, over these voices in their order. It never fails; see `VoiceChain`. */
export function createVoice(endpoints: readonly VoiceEndpoint[], options: EngineOptions): VoiceChain {
  return new VoiceChain({ ...options, voices: endpoints.map((endpoint) => voiceOf(endpoint)) });
}

function recogniserOf(endpoint: EarsEndpoint, language: string): Recogniser {
  if (endpoint.kind === 'local') return createLocalRecogniser(endpoint, language);
  throw new Error(`No recogniser of the kind ${endpoint.kind} yet`);
}

function voiceOf(endpoint: VoiceEndpoint): CallableVoice {
  if (endpoint.kind === 'local') return createLocalVoice(endpoint);
  throw new Error(`No voice of the kind ${endpoint.kind} yet`);
}
