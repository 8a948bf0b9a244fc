import { useSyncExternalStore } from 'react';
import { type SignedInUser, signInState } from './session.ts';

/** Who is signed in, on pages that only they see. */
export function useSignedInUser(): SignedInUser {
  const signIn = useSyncExternalStore(signInState.subscribe, signInState.get);
  if (signIn.state !== 'signed-in') throw new Error('Nobody is signed in');
  return signIn.user;
}
