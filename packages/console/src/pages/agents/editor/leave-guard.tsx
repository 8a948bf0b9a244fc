import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';

interface LeaveGuardProps {
  dirty: boolean;
  saving: boolean;
  /** Gives whether everything is saved then. */
  save: () => Promise<boolean>;
}

/** Asks before unsaved changes are left behind, within the console and where the page itself is closed. */
export function LeaveGuard({ dirty, saving, save }: LeaveGuardProps) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  const leave = () => blocker.proceed?.();
  const stay = () => blocker.reset?.();
  const saveAndLeave = async () => {
    if (await save()) leave();
    else stay();
  };
  return (
    <Modal opened={blocker.status === 'blocked'} onClose={stay} title={texts.leaveTitle}>
      <Stack>
        <Text>{texts.leave}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={stay}>
            {texts.stay}
          </Button>
          <Button variant="default" onClick={leave}>
            {texts.leaveDiscard}
          </Button>
          <Button onClick={() => void saveAndLeave()} loading={saving} data-autofocus>
            {texts.leaveSave}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
