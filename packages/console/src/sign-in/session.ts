import { type ApiError, createClient } from '@visavis/client';

/** Who is signed in. */
export type SignedInUser = Awaited<ReturnType<typeof anonymous.auth.refresh>>['user'];

export type SignInState = { state: 'unknown' } | { state: 'signed-out' } | { state: 'signed-in'; user: SignedInUser };

/** Calls without credentials: signing in, and renewing by the HttpOnly cookie, which scripts never see. */
const anonymous = createClient({ baseUrl: location.origin });

/** A token is renewed so long before it ends, in ms. */
const RENEW_BEFORE_MS = 60_000;

let token: { value: string; expiresAt: number } | undefined;
let current: SignInState = { state: 'unknown' };
let renewal: Promise<string> | undefined;
const listeners = new Set<() => void>();
/** Tells the other tabs that somebody signed in or out. */
const tabs = new BroadcastChannel('visavis-sign-in');
tabs.onmessage = () => {
  token = undefined;
  void restore();
};

export const signInState = {
  get: (): SignInState => current,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** Takes up the sign-in that this browser has; to be called once, at the start. */
export async function restore(): Promise<void> {
  await renew().catch((error: unknown) => {
    // A server that cannot be reached says nothing about the sign-in.
    if (current.state === 'unknown' || (error as ApiError).status === 401) become({ state: 'signed-out' });
  });
}

export async function signIn(email: string, password: string): Promise<void> {
  take(await anonymous.auth.signIn({ email, password }));
  tabs.postMessage('changed');
}

/** Takes the secret of a set-up link or an invitation: whoever it is for is signed in then, whoever was it before. */
export async function setUp(account: Parameters<typeof anonymous.auth.setUp>[0]): Promise<void> {
  take(await anonymous.auth.setUp(account));
  tabs.postMessage('changed');
}

export async function signOut(): Promise<void> {
  await anonymous.auth.signOut();
  token = undefined;
  become({ state: 'signed-out' });
  tabs.postMessage('changed');
}

/**
 * A token for the next request, renewed where it is about to end, or was just refused. Throws `ApiError` 401 where nobody is signed in
 * any more.
 */
export async function accessToken(rejected?: string): Promise<string> {
  if (token && token.value !== rejected && token.expiresAt - RENEW_BEFORE_MS > Date.now()) return token.value;
  return renew();
}

/** One renewal at a time, over all tabs: a cookie that was replaced and comes back ends the whole sign-in. */
function renew(): Promise<string> {
  renewal ??= navigator.locks
    .request('visavis-refresh', async () => {
      const answer = await anonymous.auth.refresh();
      take(answer);
      return answer.access_token;
    })
    .catch((error: unknown) => {
      if ((error as ApiError).status === 401) {
        token = undefined;
        become({ state: 'signed-out' });
      }
      throw error;
    })
    .finally(() => {
      renewal = undefined;
    });
  return renewal;
}

function take(answer: Awaited<ReturnType<typeof anonymous.auth.refresh>>): void {
  // Somebody else: what was loaded for the one before is forgotten.
  if (current.state === 'signed-in' && current.user.user_id !== answer.user.user_id) become({ state: 'signed-out' });
  token = { value: answer.access_token, expiresAt: Date.now() + answer.expires_in * 1000 };
  become({ state: 'signed-in', user: answer.user });
}

function become(next: SignInState): void {
  current = next;
  for (const listener of listeners) listener();
}
