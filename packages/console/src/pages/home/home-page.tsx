import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { Loaded } from '../../layout/states.tsx';
import { signInState } from '../../sign-in/session.ts';
import { homeTexts as texts } from '../../texts/home.ts';
import { homeQueries } from './home-queries.ts';
import { NextSteps } from './next-steps.tsx';
import { ReadinessCard } from './readiness-card.tsx';
import { RecentSessions } from './recent-sessions.tsx';
import { TalkCards, TalkCardsToCome } from './talk-cards.tsx';

const CODE: ApiExample[] = [
  { title: texts.code.models, method: 'GET', path: '/models', sdk: 'const models = await client.models.list()' },
  {
    title: texts.code.talk,
    method: 'POST',
    path: '/sessions',
    body: { agent_id: 1, session_type: 'agent_chat' },
    sdk: "const { session } = await client.sessions.create({ agent_id: 1, session_type: 'agent_chat' })",
  },
  {
    title: texts.code.recent,
    method: 'GET',
    path: '/sessions?limit=5',
    sdk: 'const sessions = await client.sessions.list({ limit: 5 })',
  },
];

/** Where one begins: what works here, somebody to talk with, and what to do next. */
export function HomePage() {
  const signIn = useSyncExternalStore(signInState.subscribe, signInState.get);
  const name = signIn.state === 'signed-in' ? (signIn.user.name ?? '') : '';
  const agents = useQuery(homeQueries.agents);
  const parts = useQuery(homeQueries.parts);
  const providers = useQuery(homeQueries.providers);
  const sessions = useQuery(homeQueries.sessions);
  // All of it takes its place at once: what came later would push down what is there.
  if ([agents, parts, sessions].some(({ isPending }) => isPending)) {
    return (
      <Page title={texts.welcome(name)} description={texts.description} code={CODE}>
        <TalkCardsToCome />
      </Page>
    );
  }
  return (
    <Page title={texts.welcome(name)} description={texts.description} code={CODE}>
      {sessions.data?.length === 0 && (
        <Text fw={550} mt={-8}>
          {texts.newcomer}
        </Text>
      )}
      <Loaded query={agents}>{(all) => <TalkCards agents={all} abilities={parts.data} />}</Loaded>
      <Loaded query={parts}>
        {(abilities) => <ReadinessCard abilities={abilities} model={providers.data?.default?.model} />}
      </Loaded>
      <NextSteps />
      <Loaded query={sessions}>{(recent) => <RecentSessions sessions={recent} />}</Loaded>
    </Page>
  );
}
