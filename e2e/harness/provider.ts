import { setTimeout as pause } from 'node:timers/promises';
import {
  type OpenAiServer,
  type Script,
  startOpenAiServer,
  type WireMessage,
} from '../../packages/server/src/testing/openai-server.ts';
import { PROVIDER_KEY } from './product.ts';

/** A scripted provider of language models, and the environment that makes a product use it. */
export interface Provider extends OpenAiServer {
  env: Record<string, string>;
}

/** Starts a provider that answers every message with `heardOf` it. */
export async function startProvider(script: Script = heard()): Promise<Provider> {
  const server = await startOpenAiServer();
  server.script(script);
  return Object.assign(server, { env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: PROVIDER_KEY } });
}

/** Says how many messages the model was told, and the last one. */
export function heardOf(messages: readonly WireMessage[]): string {
  return `Heard ${messages.length}: ${messages.at(-1)?.content}`;
}

/** Answers with `heardOf`; each token takes so long to think of. */
export function heard(millisecondsOfToken: () => number = () => 0): Script {
  return ({ body }) => {
    const tokens = heardOf(body.messages ?? []);
    return millisecondsOfToken() === 0 ? { tokens } : { tokens, gate: () => pause(millisecondsOfToken()) };
  };
}
