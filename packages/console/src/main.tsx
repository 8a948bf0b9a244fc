import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { cspNonce } from './csp-nonce.ts';
import { CrashBoundary } from './layout/crash.tsx';
import { router } from './router.tsx';
import { restore, signInState } from './sign-in/session.ts';
import { setUpLink } from './sign-in/set-up-link.ts';
import { cssVariables, theme } from './theme.ts';

/** The SDK repeats what did not arrive; the server's "no" is an answer. */
const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 5_000, retry: false } },
});

// Nothing that one person loaded is shown to the next one who signs in.
signInState.subscribe(() => signInState.get().state === 'signed-out' && queryClient.clear());
// A set-up link says anew who this is.
if (!setUpLink) void restore();

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => cspNonce}>
      <CrashBoundary>
        <QueryClientProvider client={queryClient}>
          <ModalsProvider>
            {/* On the left: drawers, with what is pressed next, open on the right. */}
            <Notifications position="bottom-left" />
            <RouterProvider router={router} />
          </ModalsProvider>
        </QueryClientProvider>
      </CrashBoundary>
    </MantineProvider>
  </StrictMode>,
);
