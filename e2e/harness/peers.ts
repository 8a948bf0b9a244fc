import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { FromPeers, ToPeers } from './peers-process.ts';
import type { Product } from './product.ts';

/** Clients of spoken sessions, in a process of their own. */
export interface Peers {
  join(product: Product, sessionId: number): Promise<void>;
  /** As a page that is closed. */
  leave(sessionId: number): Promise<void>;
  /** All of them at once, without a word. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export function startPeers(): Peers {
  const child = fork(new URL('./peers-process.ts', import.meta.url), { execArgv: ['--import', 'tsx', '--conditions=source'] });
  const waiting = new Map<string, (message: FromPeers) => void>();
  child.on('message', (message: FromPeers) => {
    const key = `${message.sessionId}`;
    const resolve = waiting.get(key);
    waiting.delete(key);
    resolve?.(message);
  });
  const ask = (message: ToPeers) =>
    new Promise<FromPeers>((resolve, reject) => {
      waiting.set(`${message.sessionId}`, resolve);
      child.send(message, (error) => error && reject(error));
    });
  const gone = () => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve());
  return {
    async join({ url, apiKey }, sessionId) {
      const { type, problem } = await ask({ type: 'join', url, apiKey, sessionId });
      if (type !== 'joined') throw new Error(`Session ${sessionId} was not joined: ${problem}`);
    },
    async leave(sessionId) {
      await ask({ type: 'leave', sessionId });
    },
    async kill() {
      child.kill('SIGKILL');
      await gone();
    },
    async stop() {
      if (child.connected) child.disconnect();
      await gone();
    },
  };
}
