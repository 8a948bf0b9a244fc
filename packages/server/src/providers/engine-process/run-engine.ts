import { setPriority } from 'node:os';

export interface EngineProcess {
  /** Tells the parent something, if it is still there. */
  tell(message: { type: string }): void;
}

/**
 * The life of an engine process: `onMessage` gets what the parent sends over IPC, in order. It leaves at once when the parent goes away or
 * asks it to, and with code 1, saying why, when `onMessage` rejects.
 * @param niceness how far it stands back behind other processes: 0..19
 */
export function runEngine(niceness: number, onMessage: (message: unknown) => Promise<void>): EngineProcess {
  const tell: EngineProcess['tell'] = (message) => {
    if (process.connected) process.send?.(message);
  };
  // A native evaluation under way cannot be waited for and holds nothing worth saving, so no exit handler may run.
  const leave = () => void process.kill(process.pid, 'SIGKILL');
  try {
    setPriority(niceness);
  } catch {
    // Not allowed everywhere; the process then competes as any other.
  }
  process.once('disconnect', leave);
  if (!process.connected) leave(); // The parent died while this process was starting.
  process.once('SIGTERM', leave);
  // Ctrl-C reaches the whole process group; the parent decides when the engine goes, after its clients have.
  process.on('SIGINT', () => undefined);
  process.on('message', (message) => {
    onMessage(message).catch((error: unknown) => {
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) } as { type: string });
      setImmediate(() => process.exit(1));
    });
  });
  return { tell };
}
