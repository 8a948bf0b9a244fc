import { ActionIcon, Alert, Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive, IconArchiveOff, IconCopy, IconDots, IconMessages, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { ApiError } from '@visavis/client';
import { useState } from 'react';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { messageOf } from '../../layout/states.tsx';
import { agentsTexts as texts } from '../../texts/agents.ts';
import { useAgentChanges } from './use-agent-changes.ts';

interface AgentMenuProps {
  agent: { id: number; name: string; status: 'active' | 'archived' };
  /** Called after the agent is gone. */
  onDeleted?: () => void;
}

/** What can be done with an agent: duplicate, archive, delete. */
export function AgentMenu({ agent, onDeleted }: AgentMenuProps) {
  const navigate = useNavigate();
  const changes = useAgentChanges();
  const [deleting, { open, close }] = useDisclosure(false);
  const isArchived = agent.status === 'archived';

  const duplicate = async () => {
    const made = await changes.duplicate(agent.id);
    notifyDone(texts.duplicated(made.name));
    await navigate({ to: '/agents/$agentId', params: { agentId: String(made.agent_id) } });
  };
  const setStatus = async () => {
    await changes.setStatus(agent.id, isArchived ? 'active' : 'archived');
    notifyDone(isArchived ? texts.restoredDone(agent.name) : texts.archivedDone(agent.name));
  };
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={texts.more(agent.name)}>
            <IconDots size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconMessages size={18} aria-hidden />}
            onClick={() => void navigate({ to: '/sessions', search: { agent: agent.id } as never })}
          >
            {texts.itsSessions}
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={18} aria-hidden />} onClick={() => void duplicate().catch(notifyFailure)}>
            {texts.duplicate}
          </Menu.Item>
          <Menu.Item
            leftSection={isArchived ? <IconArchiveOff size={18} aria-hidden /> : <IconArchive size={18} aria-hidden />}
            onClick={() => void setStatus().catch(notifyFailure)}
          >
            {isArchived ? texts.restore : texts.archive}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={18} aria-hidden />} onClick={open}>
            {texts.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <DeleteDialog agent={agent} opened={deleting} close={close} onDeleted={onDeleted} />
    </>
  );
}

interface DeleteDialogProps {
  agent: { id: number; name: string };
  opened: boolean;
  close: () => void;
  onDeleted: (() => void) | undefined;
}

/** Asks first; where somebody is talking with the agent, asks whether that is to end. */
function DeleteDialog({ agent, opened, close, onDeleted }: DeleteDialogProps) {
  const changes = useAgentChanges();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const inUse = problem instanceof ApiError && problem.code === 'agent-in-use';
  const remove = async () => {
    setBusy(true);
    try {
      await changes.remove(agent.id, inUse);
      close();
      notifyDone(texts.deletedDone(agent.name));
      onDeleted?.();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      onExitTransitionEnd={() => setProblem(undefined)}
      title={texts.deleteTitle(agent.name)}
    >
      <Stack>
        <Text>{texts.deleteText}</Text>
        {problem !== undefined && (
          <Alert color={inUse ? 'yellow' : 'red'} variant="light" role="alert">
            {inUse ? texts.inUse : messageOf(problem)}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {texts.cancel}
          </Button>
          <Button color="red" loading={busy} onClick={() => void remove()}>
            {inUse ? texts.deleteEnding : texts.deleteConfirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
