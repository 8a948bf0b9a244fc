import { useSyncExternalStore } from 'react';
import { signInState } from '../sign-in/session.ts';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { Shell } from './shell.tsx';
import { Loading } from './states.tsx';

/** The pages for who is signed in; everybody else signs in first, and then is where the address says. */
export function Root() {
  const signIn = useSyncExternalStore(signInState.subscribe, signInState.get);
  switch (signIn.state) {
    case 'unknown':
      return <Loading />;
    case 'signed-out':
      return <SignInPage />;
    case 'signed-in':
      return <Shell user={signIn.user} />;
  }
}
