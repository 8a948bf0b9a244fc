import {
  Alert,
  Anchor,
  Button,
  Paper,
  SegmentedControl,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  Tabs,
  Text,
  Title,
} from '@mantine/core';
import { IconApi, IconFileCode, IconKey, type IconProps, IconRobotFace, IconWorldShare } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AgentSummary, SessionTypeName } from '@visavis/client';
import { type ComponentType, useState } from 'react';
import { api } from '../../api.ts';
import { Page } from '../../layout/page.tsx';
import { CodeBlock } from '../../layout/show-as-code.tsx';
import { EmptyState, Loaded } from '../../layout/states.tsx';
import { developerTexts as texts } from '../../texts/developers.ts';
import classes from './developers.module.css';
import { type ExampleLanguage, examplesOf } from './examples.ts';

/** How to begin with the API. */
export function DevelopersPage() {
  const agents = useQuery({ queryKey: ['agents', 'to-call'], queryFn: ({ signal }) => api.agents.list({}, { signal }) });
  return (
    <Page title={texts.title} description={texts.description}>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
        <Way icon={IconApi} href="/docs" title={texts.reference} hint={texts.referenceHint} />
        <Way icon={IconFileCode} href="/api/v1/openapi.json" title={texts.openapi} hint={texts.openapiHint} />
        <Way icon={IconKey} to="/settings/keys" title={texts.keys} hint={texts.keysHint} />
        <Way icon={IconWorldShare} to="/embeds" title={texts.embeds} hint={texts.embedsHint} />
      </SimpleGrid>
      <Loaded query={agents} skeleton={<Skeleton height={560} radius="lg" />}>
        {(list) => (list.length === 0 ? <NoAgent /> : <QuickStart agents={list} />)}
      </Loaded>
      <Stack gap={4}>
        <Title order={2} size="h4">
          {texts.sdk}
        </Title>
        <Text c="dimmed">{texts.sdkHint}</Text>
      </Stack>
    </Page>
  );
}

interface WayProps {
  icon: ComponentType<IconProps>;
  title: string;
  hint: string;
  /** A page of the server. */
  href?: string;
  /** A page of the console. */
  to?: '/settings/keys' | '/embeds';
}

function Way({ icon: Icon, title, hint, href, to }: WayProps) {
  const content = (
    <>
      <Icon size={22} stroke={1.6} aria-hidden />
      <span>
        <Text span fw={600} display="block">
          {title}
        </Text>
        <Text span size="sm" c="dimmed">
          {hint}
        </Text>
      </span>
    </>
  );
  if (to) {
    return (
      <Link to={to} className={classes.way}>
        {content}
      </Link>
    );
  }
  return (
    <a href={href} className={classes.way}>
      {content}
    </a>
  );
}

function NoAgent() {
  return (
    <EmptyState
      icon={IconRobotFace}
      title={texts.noAgentTitle}
      action={
        <Button component={Link} to="/agents" variant="light">
          {texts.toAgents}
        </Button>
      }
    >
      {texts.noAgent}
    </EmptyState>
  );
}

const TYPES = ['agent_chat', 'agent_voice', 'agent_video', 'webrtc_video'] as const;
const LANGUAGES = ['curl', 'typescript', 'react', 'html'] as const;

function QuickStart({ agents }: { agents: AgentSummary[] }) {
  const [agentId, setAgentId] = useState(agents[0]?.agent_id ?? 0);
  const [type, setType] = useState<SessionTypeName>('agent_chat');
  return (
    <Paper withBorder radius="lg" p={{ base: 'md', sm: 'lg' }} bg="var(--visavis-card)">
      <Stack gap="md">
        <Title order={2} size="h4">
          {texts.quickStart}
        </Title>
        <div className={classes.choices}>
          <Select
            label={texts.agent}
            data={agents.map(({ agent_id, name }) => ({ value: String(agent_id), label: name }))}
            value={String(agentId)}
            onChange={(value) => setAgentId(Number(value))}
            allowDeselect={false}
            searchable
          />
          <div>
            <Text size="sm" fw={600} mb={4} id="session-type">
              {texts.type}
            </Text>
            <SegmentedControl
              aria-labelledby="session-type"
              className={classes.types ?? ''}
              value={type}
              onChange={(value) => setType(value as SessionTypeName)}
              data={TYPES.map((value) => ({ value, label: texts.types[value] }))}
            />
          </div>
        </div>
        <Text>{texts.typeHints[type]}</Text>
        <Tabs defaultValue="curl" keepMounted={false}>
          <Tabs.List aria-label={texts.language}>
            {LANGUAGES.map((language) => (
              <Tabs.Tab key={language} value={language}>
                {texts.languages[language]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {LANGUAGES.map((language) => (
            <Tabs.Panel key={language} value={language} pt="md">
              {language === 'html' ? (
                <Html agentId={agentId} type={type} />
              ) : (
                <Examples language={language} agentId={agentId} type={type} />
              )}
            </Tabs.Panel>
          ))}
        </Tabs>
      </Stack>
    </Paper>
  );
}

interface Chosen {
  agentId: number;
  type: SessionTypeName;
}

function Examples({ language, agentId, type }: Chosen & { language: ExampleLanguage }) {
  return (
    <Stack gap="md">
      {examplesOf(language, { origin: location.origin, agentId, type }).map(({ place, code }) => (
        <Stack key={place ?? 'all'} gap={6}>
          {place && (
            <Text size="sm" fw={600}>
              {place === 'server' ? texts.onServer : texts.onPage}
            </Text>
          )}
          <CodeBlock code={code} />
          {place === 'page' && (
            <Text size="sm" c="dimmed">
              {texts.tokenHint}
            </Text>
          )}
        </Stack>
      ))}
      <Text size="sm" c="dimmed">
        {texts.keyHint}{' '}
        <Anchor component={Link} to="/settings/keys" inherit underline="always">
          {texts.createKey}
        </Anchor>
      </Text>
    </Stack>
  );
}

function Html({ agentId, type }: Chosen) {
  const embeds = useQuery({
    queryKey: ['embeds', 'of', agentId],
    queryFn: ({ signal }) => api.embeds.list({ agent_id: agentId }, { signal }),
  });
  if (type === 'webrtc_video') return <Alert color="iris">{texts.htmlDriven}</Alert>;
  return (
    <Loaded query={embeds} skeleton={<Skeleton height={120} radius="md" />}>
      {(list) => {
        const embed = list.find(({ enabled, session_types }) => enabled && session_types.includes(type)) ?? list[0];
        const snippet =
          embed?.snippet ??
          `<script src="${location.origin}/widget.js" async></script>\n<visavis-agent embed="emb_…"></visavis-agent>`;
        return (
          <Stack gap="sm">
            <Text size="sm">{texts.htmlHint}</Text>
            <CodeBlock code={snippet} />
            <Text size="sm" c="dimmed">
              {embed ? texts.htmlType(texts.types[type]) : texts.htmlNoEmbed}{' '}
              <Anchor component={Link} to="/embeds" inherit underline="always">
                {texts.embeds}
              </Anchor>
            </Text>
          </Stack>
        );
      }}
    </Loaded>
  );
}
