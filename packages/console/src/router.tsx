import { Button, Stack, Text, Title } from '@mantine/core';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router';
import { Root } from './layout/root.tsx';
import { Loading } from './layout/states.tsx';
import { HomePage } from './pages/home/home-page.tsx';
import { loadHome } from './pages/home/home-queries.ts';
import { queries } from './queries.ts';
import { signInState } from './sign-in/session.ts';
import { SET_UP_PATH } from './sign-in/set-up-link.ts';
import { shellTexts as texts } from './texts/shell.ts';

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Root, notFoundComponent: NotFound });

/** Each page but the start page is a file that is loaded when it is first opened. */
const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    loader: ({ context }) => (signInState.get().state === 'signed-in' ? loadHome(context.queries) : undefined),
    component: HomePage,
  }),
  createRoute({
    getParentRoute: () => root,
    path: SET_UP_PATH,
    component: lazyRouteComponent(() => import('./sign-in/set-up-page.tsx'), 'SetUpPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/agents',
    component: lazyRouteComponent(() => import('./pages/agents/agents-page.tsx'), 'AgentsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/agents/$agentId',
    component: lazyRouteComponent(() => import('./pages/agents/agent-page.tsx'), 'AgentPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/agents/$agentId/talk',
    component: lazyRouteComponent(() => import('./pages/agents/talk-page.tsx'), 'TalkPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/avatars',
    component: lazyRouteComponent(() => import('./pages/avatars/avatars-page.tsx'), 'AvatarsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sessions',
    component: lazyRouteComponent(() => import('./pages/sessions/sessions-page.tsx'), 'SessionsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sessions/$sessionId',
    component: lazyRouteComponent(() => import('./pages/sessions/session-page.tsx'), 'SessionPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/usage',
    component: lazyRouteComponent(() => import('./pages/usage/usage-page.tsx'), 'UsagePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/embeds',
    component: lazyRouteComponent(() => import('./pages/embeds/embeds-page.tsx'), 'EmbedsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/developers',
    component: lazyRouteComponent(() => import('./pages/developers/developers-page.tsx'), 'DevelopersPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings/keys',
    component: lazyRouteComponent(() => import('./pages/settings/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings/providers',
    component: lazyRouteComponent(() => import('./pages/settings/providers-page.tsx'), 'ProvidersPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings/models',
    component: lazyRouteComponent(() => import('./pages/settings/models-page.tsx'), 'ModelsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings/users',
    component: lazyRouteComponent(() => import('./pages/settings/users-page.tsx'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings/account',
    component: lazyRouteComponent(() => import('./pages/settings/account-page.tsx'), 'AccountPage'),
  }),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  context: { queries },
  defaultPreload: 'intent',
  defaultPendingComponent: Loading,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  return (
    <Stack align="center" ta="center" py={80} gap="sm">
      <Title order={1} size="h2">
        {texts.notFoundTitle}
      </Title>
      <Text c="dimmed">{texts.notFound}</Text>
      <Button component={Link} to="/" variant="light">
        {texts.toHome}
      </Button>
    </Stack>
  );
}
