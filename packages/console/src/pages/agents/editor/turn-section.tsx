import { Fieldset, SimpleGrid, Stack, Switch } from '@mantine/core';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { NumberField, SwitchField, TextField, useAgentFields } from './form.tsx';
import { valueAt } from './validation.ts';

/** How a spoken conversation takes turns. */
export function TurnSection() {
  const form = useAgentFields();
  const interruptible = valueAt(form.values, 'properties.turn.interruptible') !== false;
  const greets = valueAt(form.values, 'properties.turn.greeting.enabled') !== false;
  return (
    <Stack>
      <Fieldset legend={texts.endOfTurnTitle}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberField
            path="properties.turn.min_endpointing_ms"
            label={texts.minEndpointing}
            hint={texts.minEndpointingHint}
            unit={texts.milliseconds}
          />
          <NumberField
            path="properties.turn.max_endpointing_ms"
            label={texts.maxEndpointing}
            hint={texts.maxEndpointingHint}
            unit={texts.milliseconds}
          />
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend={texts.interruptionTitle}>
        <Stack>
          <SwitchField path="properties.turn.interruptible" label={texts.interruptible} standard={true} />
          {interruptible && (
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <NumberField
                path="properties.turn.interrupt_after_ms"
                label={texts.interruptAfter}
                hint={texts.interruptAfterHint}
                unit={texts.milliseconds}
              />
              <NumberField
                path="properties.turn.resume_after_ms"
                label={texts.resumeAfter}
                hint={texts.resumeAfterHint}
                unit={texts.milliseconds}
              />
            </SimpleGrid>
          )}
        </Stack>
      </Fieldset>
      <Fieldset legend={texts.greetingTitle}>
        <Stack>
          <SwitchField path="properties.turn.greeting.enabled" label={texts.speakGreeting} standard={true} />
          {greets && (
            <TextField
              path="properties.turn.greeting.consent_note"
              label={texts.consentNote}
              hint={texts.consentNoteHint}
              placeholder={texts.consentNotePlaceholder}
            />
          )}
        </Stack>
      </Fieldset>
      <Fieldset legend={texts.silenceTitle}>
        <Stack>
          <NeverSwitch path="properties.turn.silence.nudge_after_seconds" label={texts.nudge} />
          {valueAt(form.values, 'properties.turn.silence.nudge_after_seconds') !== null && (
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <NumberField path="properties.turn.silence.nudge_after_seconds" label={texts.nudgeAfter} unit={texts.seconds} />
              <TextField path="properties.turn.silence.nudge" label={texts.nudgeText} placeholder={texts.nudgePlaceholder} />
            </SimpleGrid>
          )}
          <NeverSwitch path="properties.turn.silence.end_after_seconds" label={texts.endOnSilence} />
          {valueAt(form.values, 'properties.turn.silence.end_after_seconds') !== null && (
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <NumberField path="properties.turn.silence.end_after_seconds" label={texts.endAfter} unit={texts.seconds} />
            </SimpleGrid>
          )}
          <SwitchField path="properties.turn.end_call" label={texts.endCall} hint={texts.endCallHint} standard={false} />
        </Stack>
      </Fieldset>
    </Stack>
  );
}

/** Whether something happens at all; "never" is null in the API, and the default is nothing. */
function NeverSwitch({ path, label }: { path: string; label: string }) {
  const form = useAgentFields();
  return (
    <Switch
      label={label}
      checked={valueAt(form.values, path) !== null}
      onChange={({ currentTarget }) => form.setFieldValue(path, currentTarget.checked ? undefined : null)}
    />
  );
}
