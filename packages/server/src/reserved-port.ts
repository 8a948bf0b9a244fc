import { createServer } from 'node:net';

/**
 * A free port, kept from others until it is released: addresses that hold it are made before the server listens on it.
 * `release` can be called twice.
 */
export async function reservePort(host: string): Promise<{ port: number; release(): Promise<void> }> {
  const holder = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    holder.once('error', reject);
    holder.listen({ port: 0, host }, resolve);
  });
  const address = holder.address();
  if (address === null || typeof address === 'string') throw new Error('A port was asked for');
  return {
    port: address.port,
    release: () => new Promise((resolve) => holder.close(() => resolve())),
  };
}
