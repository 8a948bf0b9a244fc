import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

/** The event loop of the process, which moves everybody's messages, goes before the models of its threads. */
const NICENESS = 2;

/** Serves a thread pool from inside its thread: one task after the other. `transfer` names what need not be copied. */
export function answerTasks<Task, Result>(
  work: (task: Task) => Promise<Result>,
  transfer: (result: Result) => readonly ArrayBuffer[] = () => [],
): void {
  standBack();
  parentPort?.on('message', ({ id, task }: { id: number; task: Task }) => {
    work(task).then(
      (result) => parentPort?.postMessage({ id, result }, transfer(result)),
      (error: unknown) => parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
}

/** On Linux a thread has a priority of its own; elsewhere this would be the whole process. */
function standBack(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICENESS);
  } catch {
    // Not allowed everywhere; the threads then compete as any other.
  }
}
