import { Button, Group, NativeSelect, SegmentedControl, Skeleton, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconPlus, IconRobotFace, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { AgentSummary } from '@visavis/client';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { EmptyState, Loaded } from '../../layout/states.tsx';
import { agentsTexts as texts } from '../../texts/agents.ts';
import { language } from '../../texts/catalogue.ts';
import { AgentCard } from './agent-card.tsx';
import { agentQueries } from './agent-queries.ts';
import classes from './agents.module.css';
import { type AgentSort, type AgentsSearch, type AgentsStatus, agentsSearch } from './agents-search.ts';
import { CreateAgentDialog } from './create-agent.tsx';

const CODE: ApiExample[] = [
  { title: texts.code.list, method: 'GET', path: '/agents', sdk: 'const agents = await client.agents.list()' },
  {
    title: texts.code.create,
    method: 'POST',
    path: '/agents',
    body: { name: 'Museum', custom_greeting: 'Welcome!', context: 'You answer for a museum. It opens at 9 am.' },
    sdk: "const agent = await client.agents.create({ name: 'Museum', custom_greeting: 'Welcome!', context: 'You answer for a museum. It opens at 9 am.' })",
  },
  {
    title: texts.code.archive,
    method: 'PUT',
    path: '/agents/1',
    body: { status: 'archived' },
    sdk: "await client.agents.update(1, { status: 'archived' })",
  },
  {
    title: texts.code.delete,
    method: 'DELETE',
    path: '/agents/1?end_sessions=true',
    sdk: 'await client.agents.remove(1, { endSessions: true })',
  },
];

/** All agents: searched, sorted, and made. */
export function AgentsPage() {
  const search = agentsSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const agents = useQuery(agentQueries.list(search.status));
  const [creating, { open, close }] = useDisclosure(search.create);
  const change = (part: Partial<AgentsSearch>) => {
    const { q, status, sort } = { ...search, ...part };
    const said = { ...(q !== '' && { q }), ...(status !== 'active' && { status }), ...(sort !== 'updated' && { sort }) };
    void navigate({ to: '/agents', search: said as never, replace: true });
  };
  const stop = () => {
    close();
    if (search.create) change({});
  };
  const create = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={open}>
      {texts.create}
    </Button>
  );
  return (
    <Page title={texts.title} description={texts.description} actions={create} code={CODE}>
      <Group align="flex-end" gap="sm">
        <TextInput
          flex="1 1 220px"
          type="search"
          label={texts.search}
          placeholder={texts.searchPlaceholder}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search.q}
          onChange={({ currentTarget }) => change({ q: currentTarget.value })}
        />
        <NativeSelect
          label={texts.sort}
          value={search.sort}
          onChange={({ currentTarget }) => change({ sort: currentTarget.value as AgentSort })}
          data={Object.entries(texts.sorts).map(([value, label]) => ({ value, label }))}
        />
        <SegmentedControl
          aria-label={texts.status}
          value={search.status}
          onChange={(status) => change({ status: status as AgentsStatus })}
          data={Object.entries(texts.statuses).map(([value, label]) => ({ value, label }))}
        />
      </Group>
      <Loaded query={agents} skeleton={<Skeletons />}>
        {(all) => <Found all={all} search={search} clear={() => change({ q: '' })} create={create} />}
      </Loaded>
      <CreateAgentDialog opened={creating} close={stop} />
    </Page>
  );
}

interface FoundProps {
  all: AgentSummary[];
  search: AgentsSearch;
  clear: () => void;
  create: React.ReactNode;
}

function Found({ all, search, clear, create }: FoundProps) {
  const shown = sorted(
    all.filter((agent) => matches(agent, search.q)),
    search.sort,
  );
  if (all.length === 0) {
    return search.status === 'archived' ? (
      <EmptyState icon={IconArchive} title={texts.noneArchivedTitle}>
        {texts.noneArchived}
      </EmptyState>
    ) : (
      <EmptyState icon={IconRobotFace} title={texts.noneTitle} action={create}>
        {texts.none}
      </EmptyState>
    );
  }
  if (shown.length === 0) {
    const action = (
      <Button variant="default" onClick={clear}>
        {texts.clearSearch}
      </Button>
    );
    return (
      <EmptyState icon={IconSearch} title={texts.noMatchTitle} action={action}>
        {texts.noMatch(search.q)}
      </EmptyState>
    );
  }
  return (
    <div>
      <Text size="sm" c="dimmed" mb="xs" role="status">
        {texts.count(shown.length, all.length)}
      </Text>
      <ul className={classes.list}>
        {shown.map((agent) => (
          <AgentCard key={agent.agent_id} agent={agent} />
        ))}
      </ul>
    </div>
  );
}

function Skeletons() {
  return (
    <div className={classes.list} aria-hidden>
      {[0, 1, 2].map((n) => (
        <Skeleton key={n} height={186} radius="md" />
      ))}
    </div>
  );
}

/** All words of the query are in the agent's name or instructions. */
function matches(agent: AgentSummary, query: string): boolean {
  const text = `${agent.name} ${agent.context ?? ''} ${agent.custom_greeting ?? ''}`.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function sorted(agents: AgentSummary[], sort: AgentSort): AgentSummary[] {
  const by: Record<AgentSort, (one: AgentSummary, other: AgentSummary) => number> = {
    updated: (one, other) => other.updated_at.localeCompare(one.updated_at),
    used: (one, other) => (other.last_used_at ?? '').localeCompare(one.last_used_at ?? ''),
    sessions: (one, other) => other.total_sessions - one.total_sessions,
    name: (one, other) => one.name.localeCompare(other.name, language),
  };
  return [...agents].sort(by[sort]);
}
