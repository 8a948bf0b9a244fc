import { Button, Center, Paper, Skeleton, Text } from '@mantine/core';
import { IconMessages, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { SessionSummary } from '@visavis/client';
import { notifyFailure } from '../../layout/notify.tsx';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { EmptyState, Loaded } from '../../layout/states.tsx';
import { useAddress } from '../../layout/use-address.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import { FilterBar } from './filter-bar.tsx';
import { FILTERS, type Filters, isFiltered, queryOf } from './session-filters.ts';
import { useSessions } from './session-queries.ts';
import { SessionRow } from './session-row.tsx';
import classes from './sessions.module.css';

/** All conversations: live ones and ended ones. */
export function SessionsPage() {
  const [filters, change] = useAddress<keyof Filters>();
  const sessions = useSessions(filters);
  const clear = () => change(Object.fromEntries(FILTERS.map((name) => [name, undefined])));
  const query = { ...sessions, data: sessions.data?.pages.flat() };
  const loadMore = () => void sessions.fetchNextPage().then(({ error }) => error && notifyFailure(error));

  return (
    <Page title={texts.title} description={texts.description} code={codeOf(filters)} wide>
      <FilterBar filters={filters} onChange={change} onClear={clear} />
      <Loaded query={query} skeleton={<RowsSkeleton />}>
        {(rows) => {
          if (rows.length > 0) {
            return (
              <>
                <SessionList sessions={rows} />
                <Center>
                  {sessions.hasNextPage ? (
                    <Button variant="default" onClick={loadMore} loading={sessions.isFetchingNextPage}>
                      {texts.more}
                    </Button>
                  ) : (
                    <Text size="sm" c="dimmed">
                      {texts.end}
                    </Text>
                  )}
                </Center>
              </>
            );
          }
          return isFiltered(filters) ? <NothingFits onClear={clear} /> : <NoSessions />;
        }}
      </Loaded>
    </Page>
  );
}

function SessionList({ sessions }: { sessions: SessionSummary[] }) {
  return (
    <Paper component="ul" withBorder radius="lg" className={classes.list ?? ''} aria-label={texts.listLabel}>
      {sessions.map((session) => (
        <SessionRow key={session.session_id} session={session} />
      ))}
    </Paper>
  );
}

function NothingFits({ onClear }: { onClear: () => void }) {
  const action = (
    <Button variant="default" onClick={onClear}>
      {texts.clear}
    </Button>
  );
  return (
    <EmptyState icon={IconSearch} title={texts.nothingTitle} action={action}>
      {texts.nothing}
    </EmptyState>
  );
}

function NoSessions() {
  const action = (
    <Button component={Link} to="/agents">
      {texts.toAgents}
    </Button>
  );
  return (
    <EmptyState icon={IconMessages} title={texts.emptyTitle} action={action}>
      {texts.empty}
    </EmptyState>
  );
}

/** As high as the rows that come. */
function RowsSkeleton() {
  return (
    <Paper withBorder radius="lg" aria-hidden>
      {['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => (
        <div key={key} className={classes.skeletonRow}>
          <Skeleton circle height={40} />
          <Skeleton height={14} width="40%" />
          <Skeleton height={14} width="18%" ml="auto" />
        </div>
      ))}
    </Paper>
  );
}

function codeOf(filters: Filters): ApiExample[] {
  const query = { ...queryOf(filters), limit: 30 };
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return [
    {
      title: 'List these sessions; `nextCursor` leads to the next page',
      method: 'GET',
      path: `/sessions?${search}`,
      sdk: `const page = await client.sessions.list(${JSON.stringify(query)})`,
    },
    {
      title: 'Start one',
      method: 'POST',
      path: '/sessions',
      body: { agent_id: 1, session_type: 'agent_chat' },
      sdk: "const { session } = await client.sessions.create({ agent_id: 1, session_type: 'agent_chat' })",
    },
  ];
}
