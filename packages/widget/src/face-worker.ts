/** Trusted Types, where the browser has them. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ): {
    /** What a page that requires Trusted Types takes in place of an address. */
    createScriptURL: (address: string) => string;
  };
}

/** Stands in docs/embeds.md: a page that lists its policies has to list it. */
const POLICY = 'visavis';
let trusting: ((address: string) => string) | undefined;

/**
 * Starts the thread that draws a face in the page. A thread's file must come from the page's own origin: a line of script is of any origin,
 * and fetches the rest from the server. The page's policy has to allow `worker-src blob:`.
 */
export function startFaceWorker(server: string): Worker {
  const { href } = new URL(`${server}/widget/face-worker.js`, location.href);
  // The thread is under the page's policy.
  const line = `importScripts((${trustIn})(self.trustedTypes, '${POLICY}')(${JSON.stringify(href)}))`;
  const address = URL.createObjectURL(new Blob([line], { type: 'text/javascript' }));
  trusting ??= trustIn((globalThis as { trustedTypes?: TrustedTypes }).trustedTypes, POLICY);
  try {
    return new Worker(trusting(address), { name: 'face' });
  } finally {
    // The thread has its script by then, or never gets it.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}

/** Runs in the thread as well, as text: it uses nothing around it. */
function trustIn(types: TrustedTypes | undefined, name: string): (address: string) => string {
  const rules = { createScriptURL: (address: string) => address };
  const policy = types?.createPolicy(name, rules) ?? rules;
  return (address) => policy.createScriptURL(address);
}
