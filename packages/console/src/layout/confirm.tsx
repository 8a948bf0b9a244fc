import { Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { shellTexts as texts } from '../texts/shell.ts';
import { notifyDone, notifyFailure } from './notify.tsx';

interface Question {
  /** "Revoke the key “shop”?" */
  title: string;
  /** What happens then, a paragraph each. */
  consequences: string[];
  /** The word on the button: "Revoke". */
  confirm: string;
  /** What is done; a refusal is said in the server's words. */
  act: () => Promise<unknown>;
  /** Said when it is done. */
  done: string;
}

/** Asks before something that cannot be undone. */
export function confirmThen({ title, consequences, confirm, act, done }: Question): void {
  modals.openConfirmModal({
    title,
    children: (
      <Stack gap="xs">
        {consequences.map((text) => (
          <Text key={text} size="sm">
            {text}
          </Text>
        ))}
      </Stack>
    ),
    labels: { confirm, cancel: texts.cancel },
    confirmProps: { color: 'red' },
    onConfirm: () => {
      act().then(
        () => notifyDone(done),
        (error: unknown) => notifyFailure(error),
      );
    },
  });
}
