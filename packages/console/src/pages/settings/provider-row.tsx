import { ActionIcon, Alert, Badge, Button, Menu } from '@mantine/core';
import { IconCheck, IconDots, IconPencil, IconPlugConnected, IconTrash, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Provider, ProviderTestResult } from '@visavis/client';
import { useEffect, useRef } from 'react';
import { api } from '../../api.ts';
import { confirmThen } from '../../layout/confirm.tsx';
import { Row } from '../../layout/rows.tsx';
import { messageOf } from '../../layout/states.tsx';
import { providerTexts as texts } from '../../texts/providers.ts';
import { knownProvider } from './known-providers.ts';

interface ProviderRowProps {
  provider: Provider;
  /** The model that agents without a choice use, where it is of this provider. */
  defaultModel: string | undefined;
  /** It was just saved: it is tested at once. */
  justSaved?: boolean;
  onEdit?: () => void;
}

/** A provider, with the test of it. */
export function ProviderRow({ provider, defaultModel, justSaved = false, onEdit }: ProviderRowProps) {
  const test = useMutation({ mutationFn: () => api.providers.test(provider.name) });
  const savedAt = useRef<string>(undefined);
  const { mutate } = test;
  useEffect(() => {
    if (!justSaved || savedAt.current === provider.updated_at) return;
    savedAt.current = provider.updated_at ?? '';
    mutate();
  }, [justSaved, provider.updated_at, mutate]);

  const known = knownProvider(provider.name);
  const isOwn = provider.source === 'user';
  const title = texts.offeredTitle[provider.name] ?? known?.title ?? provider.name;
  const uses = known?.uses ?? (['models'] as const);
  return (
    <Row
      title={title}
      badges={
        <>
          {uses.map((use) => (
            <Badge key={use} variant="light" color="gray">
              {texts.use[use]}
            </Badge>
          ))}
          {!isOwn && (
            <Badge variant="light" color={STATE_COLOURS[provider.state]}>
              {texts.state[provider.state]}
            </Badge>
          )}
        </>
      }
      facts={[
        provider.base_url,
        defaultModel !== undefined
          ? texts.isDefault(defaultModel)
          : provider.default_model && texts.defaultModel(provider.default_model),
        provider.models && provider.models.length > 1 && texts.modelCount(provider.models.length),
        isOwn && (provider.has_api_key ? texts.key(provider.api_key_last_four) : texts.noKey),
        provider.state === 'absent' && texts.absentHint[provider.name],
      ].filter(Boolean)}
      actions={
        <>
          {provider.name === 'local' && provider.state === 'absent' && (
            <Button component={Link} to="/settings/models" variant="default">
              {texts.toModels}
            </Button>
          )}
          {provider.state === 'ready' && (
            <Button
              variant="default"
              leftSection={<IconPlugConnected size={16} aria-hidden />}
              aria-label={texts.testOf(title)}
              loading={test.isPending}
              onClick={() => test.mutate()}
            >
              {texts.test}
            </Button>
          )}
          {isOwn && <OwnMenu provider={provider} title={title} onEdit={onEdit} />}
        </>
      }
    >
      <div role="status">{(test.data || test.error) && <TestResult result={test.data} error={test.error} />}</div>
    </Row>
  );
}

const STATE_COLOURS = { ready: 'teal', absent: 'gray', downloading: 'iris', loading: 'iris', failed: 'red' };

function TestResult({ result, error }: { result: ProviderTestResult | undefined; error: unknown }) {
  if (result?.ok) {
    return (
      <Alert color="teal" variant="light" mt="sm" p="xs" icon={<IconCheck aria-hidden />}>
        {texts.worked(result.model, result.latency_ms)}
      </Alert>
    );
  }
  const title = result?.problem ? texts.problem[result.problem] : messageOf(error);
  return (
    <Alert color="red" variant="light" mt="sm" p="xs" icon={<IconX aria-hidden />} title={title}>
      {result?.detail}
    </Alert>
  );
}

function OwnMenu({ provider, title, onEdit }: { provider: Provider; title: string; onEdit: (() => void) | undefined }) {
  const queryClient = useQueryClient();
  const remove = () =>
    confirmThen({
      title: texts.removeTitle(title),
      consequences: texts.removeConsequences,
      confirm: texts.remove,
      act: () => api.providers.remove(provider.name).finally(() => queryClient.invalidateQueries({ queryKey: ['providers'] })),
      done: texts.removed,
    });
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={texts.menu(title)}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
          {texts.edit}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" onClick={remove}>
          {texts.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
