import { APIConnectionError, APIError, APIStatusError } from '@livekit/agents';
import { SpeechError } from './speech-client.ts';

/**
 * Runs an attempt of a LiveKit speech stream. What goes wrong with the local speech becomes an error that LiveKit understands: it tries
 * again after a pause where that may help (the process is being started again, or busy), and not where a model is missing.
 */
export async function retryable<Result>(signal: AbortSignal, attempt: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (signal.aborted) return undefined;
    if (error instanceof APIError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof SpeechError && error.code !== 'failed') {
      const statusCode = error.code === 'speech-busy' ? 503 : 404;
      throw new APIStatusError({ message: `${error.code}: ${message}`, options: { statusCode } });
    }
    throw new APIConnectionError({ message });
  }
}
