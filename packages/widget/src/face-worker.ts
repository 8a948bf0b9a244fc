/**
 * Starts the thread that draws a face in the page. A thread's file must come from the page's own origin: a line of script is of any origin,
 * and fetches the rest from the server. The page's policy has to allow `worker-src blob:`.
 */
export function startFaceWorker(server: string): Worker {
  const { href } = new URL(`${server}/widget/face-worker.js`, location.href);
  const line = `importScripts(${JSON.stringify(href)})`;
  const address = URL.createObjectURL(new Blob([line], { type: 'text/javascript' }));
  try {
    return new Worker(address, { name: 'face' });
  } finally {
    // The thread has its script by then, or never gets it.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
