import { ActionIcon, Button, CopyButton, Group, TextInput, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { shellTexts as texts } from '../texts/shell.ts';

/** A text that is to be taken along: shown whole, copied with one click. */
export function CopyField({ label, description, value }: { label: string; description?: string; value: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput
            label={label}
            description={description}
            value={value}
            readOnly
            flex={1}
            miw={0}
            ff="monospace"
            onFocus={(event) => event.currentTarget.select()}
          />
          <Button
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          >
            {copied ? texts.copied : texts.copy}
          </Button>
        </Group>
      )}
    </CopyButton>
  );
}

/** The same as a small button beside what it copies. */
export function CopyIcon({ label, value }: { label: string; value: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? texts.copied : label}>
          <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={copied ? texts.copied : label}>
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
