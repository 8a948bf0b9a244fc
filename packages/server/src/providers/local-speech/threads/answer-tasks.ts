import { parentPort } from 'node:worker_threads';

/** Serves a thread pool from inside its thread: one task after the other. `transfer` names what need not be copied. */
export function answerTasks<Task, Result>(
  work: (task: Task) => Promise<Result>,
  transfer: (result: Result) => readonly ArrayBuffer[] = () => [],
): void {
  parentPort?.on('message', ({ id, task }: { id: number; task: Task }) => {
    work(task).then(
      (result) => parentPort?.postMessage({ id, result }, transfer(result)),
      (error: unknown) => parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
}
