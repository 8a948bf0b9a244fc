import { Fieldset, SimpleGrid, Stack } from '@mantine/core';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { NumberField, SwitchField } from './form.tsx';

/** How long sessions may last, and whether they are recorded. */
export function LimitsSection() {
  return (
    <Stack>
      <Fieldset legend={texts.recordingTitle}>
        <SwitchField path="properties.recording.enabled" label={texts.recording} hint={texts.recordingHint} standard={false} />
      </Fieldset>
      <Fieldset legend={texts.limitsTitle}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberField path="properties.limits.max_duration_seconds" label={texts.maxDuration} unit={texts.seconds} />
          <NumberField
            path="properties.limits.idle_timeout_seconds"
            label={texts.idleTimeout}
            hint={texts.idleTimeoutHint}
            unit={texts.seconds}
          />
          <NumberField
            path="properties.limits.rejoin_seconds"
            label={texts.rejoin}
            hint={texts.rejoinHint}
            unit={texts.seconds}
          />
          <NumberField path="properties.limits.messages_per_minute" label={texts.messagesPerMinute} unit={texts.perMinute} />
        </SimpleGrid>
      </Fieldset>
    </Stack>
  );
}
