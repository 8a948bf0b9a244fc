import { Badge, Button, Group, Modal, SimpleGrid, Stack, Text, Title, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Provider } from '@visavis/client';
import { type ReactNode, useState } from 'react';
import { api } from '../../api.ts';
import { Page } from '../../layout/page.tsx';
import { Rows, RowsSkeleton } from '../../layout/rows.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { Loaded } from '../../layout/states.tsx';
import { providerTexts as texts } from '../../texts/providers.ts';
import { KNOWN_PROVIDERS, type KnownProvider, knownProvider } from './known-providers.ts';
import { ProviderForm } from './provider-form.tsx';
import { ProviderRow } from './provider-row.tsx';
import classes from './providers-page.module.css';

const CODE: ApiExample[] = [
  { title: 'List providers', method: 'GET', path: '/providers', sdk: 'await client.providers.list()' },
  {
    title: 'Add an OpenAI-compatible endpoint',
    method: 'PUT',
    path: '/providers/my-endpoint',
    body: { base_url: 'https://llm.example.com/v1', api_key: '…', default_model: 'small' },
    sdk: "await client.providers.put('my-endpoint', { base_url: 'https://llm.example.com/v1', api_key: '…', default_model: 'small' })",
  },
  {
    title: 'Test it',
    method: 'POST',
    path: '/providers/my-endpoint/test',
    body: {},
    sdk: "await client.providers.test('my-endpoint')",
  },
];

type Opened = { edited: Provider } | { added: KnownProvider } | 'other';

/** Where language models and cloud speech come from. */
export function ProvidersPage() {
  const query = useQuery({ queryKey: ['providers'], queryFn: ({ signal }) => api.providers.list({ signal }) });
  const [opened, setOpened] = useState<Opened>();
  const [saved, setSaved] = useState<string>();
  return (
    <Page
      title={texts.title}
      description={texts.description}
      code={CODE}
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpened('other')}>
          {texts.addOwn}
        </Button>
      }
    >
      <Loaded query={query} skeleton={<RowsSkeleton rows={4} />}>
        {({ providers, default: chosen }) => {
          const rowOf = (provider: Provider) => (
            <ProviderRow
              key={provider.name}
              provider={provider}
              defaultModel={chosen?.provider === provider.name ? chosen.model : undefined}
              justSaved={saved === provider.name}
              onEdit={() => setOpened({ edited: provider })}
            />
          );
          const own = providers.filter(({ source }) => source === 'user');
          const toAdd = KNOWN_PROVIDERS.filter(({ name }) => !own.some((provider) => provider.name === name));
          return (
            <>
              {own.length > 0 && (
                <Section title={texts.own} hint={texts.ownHint}>
                  <Rows label={texts.own}>{own.map(rowOf)}</Rows>
                </Section>
              )}
              <Section title={texts.offered} hint={texts.offeredHint}>
                <Rows label={texts.offered}>{providers.filter(({ source }) => source === 'server').map(rowOf)}</Rows>
              </Section>
              {toAdd.length > 0 && (
                <Section title={texts.add} hint={texts.addHint}>
                  <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
                    {toAdd.map((known) => (
                      <KnownCard key={known.name} known={known} onOpen={() => setOpened({ added: known })} />
                    ))}
                  </SimpleGrid>
                </Section>
              )}
            </>
          );
        }}
      </Loaded>
      <Modal opened={opened !== undefined} onClose={() => setOpened(undefined)} title={titleOf(opened)} size="lg">
        {opened !== undefined && (
          <ProviderForm
            of={opened === 'other' ? undefined : opened}
            onCancel={() => setOpened(undefined)}
            onSaved={({ name }) => {
              setOpened(undefined);
              setSaved(name);
            }}
          />
        )}
      </Modal>
    </Page>
  );
}

function titleOf(opened: Opened | undefined): string {
  if (opened === undefined || opened === 'other') return texts.addOwnTitle;
  if ('added' in opened) return texts.addTitle(opened.added.title);
  return texts.editTitle(knownProvider(opened.edited.name)?.title ?? opened.edited.name);
}

function Section({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <Stack gap="xs">
      <div>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      </div>
      {children}
    </Stack>
  );
}

function KnownCard({ known, onOpen }: { known: KnownProvider; onOpen: () => void }) {
  return (
    <UnstyledButton className={classes.card ?? ''} onClick={onOpen}>
      <Group justify="space-between" wrap="nowrap">
        <Stack gap={6}>
          <Text fw={600}>
            <VisuallyHidden>{texts.addWord}</VisuallyHidden>
            {known.title}
          </Text>
          <Group gap={6}>
            {known.uses.map((use) => (
              <Badge key={use} variant="light" color="gray">
                {texts.use[use]}
              </Badge>
            ))}
          </Group>
        </Stack>
        <IconPlus size={18} aria-hidden />
      </Group>
    </UnstyledButton>
  );
}
