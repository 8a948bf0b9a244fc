import { QueryClient } from '@tanstack/react-query';
import { signInState } from './sign-in/session.ts';

/** What was loaded. The SDK repeats what did not arrive; the server's "no" is an answer. */
export const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 5_000, retry: false } },
});

// Nothing that one person loaded is shown to the next one who signs in.
signInState.subscribe(() => signInState.get().state === 'signed-out' && queries.clear());
