import { Outlet, useRouterState } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { signInState } from '../sign-in/session.ts';
import { SET_UP_PATH } from '../sign-in/set-up-link.ts';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { Shell } from './shell.tsx';
import { Loading } from './states.tsx';

/** The pages for who is signed in; everybody else signs in first, and then is where the address says. A set-up link is for who has no password. */
export function Root() {
  const signIn = useSyncExternalStore(signInState.subscribe, signInState.get);
  const isSetUp = useRouterState({ select: ({ location }) => location.pathname === SET_UP_PATH });
  if (isSetUp) return <Outlet />;
  switch (signIn.state) {
    case 'unknown':
      return <Loading />;
    case 'signed-out':
      return <SignInPage />;
    case 'signed-in':
      return <Shell user={signIn.user} />;
  }
}
