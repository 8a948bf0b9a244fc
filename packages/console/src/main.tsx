import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { cspNonce } from './csp-nonce.ts';
import { CrashBoundary } from './layout/crash.tsx';
import { queries } from './queries.ts';
import { router } from './router.tsx';
import { restore, signInState } from './sign-in/session.ts';
import { setUpLink } from './sign-in/set-up-link.ts';
import { cssVariables, theme } from './theme.ts';

/** A server that takes longer is waited for with the frame of the console in sight. In ms. */
const PATIENCE_MS = 1_000;

/** No `await` at the top: pages import what they share with this file, and would wait for it as it waits for them. */
void loaded().then(draw);

/** Drawn once, with everything on it: on a slow processor, drawing it empty first takes longer than what it waits for. */
async function loaded(): Promise<void> {
  // A set-up link says anew who this is.
  if (setUpLink) return;
  const all = restore().then(() => (signInState.get().state === 'signed-in' ? router.load() : undefined));
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

function draw(): void {
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => cspNonce}>
        <CrashBoundary>
          <QueryClientProvider client={queries}>
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
}
