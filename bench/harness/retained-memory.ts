import { WebSocket } from 'undici';

/** What a Node process holds on to. */
export interface RetainedMemory {
  /** JavaScript heap and buffers after a forced collection, in bytes. */
  measure(): Promise<number>;
  close(): void;
}

/** The address in `Debugger listening on ws://...`, which a process prints when its inspector is opened. */
export const INSPECTOR_ADDRESS = /Debugger listening on (ws:\/\/\S+)/;

/**
 * Looks into a running process through its inspector (Chrome DevTools Protocol: `HeapProfiler.collectGarbage`,
 * `Runtime.evaluate`), so that garbage that V8 has not got round to is not taken for memory of a session.
 */
export async function inspectMemory(address: string): Promise<RetainedMemory> {
  const socket = new WebSocket(address);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`The inspector at ${address} does not answer`)));
  });
  let calls = 0;
  const call = (method: string, params: object = {}) =>
    new Promise<{ result?: { value?: unknown } }>((resolve) => {
      const id = ++calls;
      const listen = (event: { data: unknown }) => {
        const answer = JSON.parse(String(event.data)) as { id?: number; result: { result?: { value?: unknown } } };
        if (answer.id !== id) return;
        socket.removeEventListener('message', listen as never);
        resolve(answer.result);
      };
      socket.addEventListener('message', listen as never);
      socket.send(JSON.stringify({ id, method, params }));
    });
  return {
    async measure() {
      await call('HeapProfiler.collectGarbage');
      const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
      const { result } = await call('Runtime.evaluate', { expression });
      return Number(result?.value);
    },
    close: () => socket.close(),
  };
}
