import { Group, NativeSelect, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { fileSize } from '../../../texts/catalogue.ts';
import { useAgentFields } from './form.tsx';
import { languageOptions } from './languages.ts';
import { INSTRUCTIONS_BYTES } from './limits.ts';

/** Who the agent is: its name, language, instructions and greeting. */
export function BehaviourSection() {
  const form = useAgentFields();
  const bytes = new TextEncoder().encode(form.values.context).length;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={texts.name} required {...form.getInputProps('name')} />
        <NativeSelect label={texts.language} data={languageOptions(form.values.language)} {...form.getInputProps('language')} />
      </SimpleGrid>
      <Textarea
        label={texts.instructions}
        description={texts.instructionsHint}
        placeholder={texts.instructionsPlaceholder}
        autosize
        minRows={10}
        maxRows={26}
        {...form.getInputProps('context')}
      />
      {bytes > INSTRUCTIONS_BYTES / 2 && (
        <Group justify="flex-end" mt={-12}>
          <Text size="xs" c="dimmed">
            {texts.instructionsCount(fileSize(bytes), fileSize(INSTRUCTIONS_BYTES))}
          </Text>
        </Group>
      )}
      <Textarea
        label={texts.greeting}
        description={texts.greetingHint}
        placeholder={texts.greetingPlaceholder}
        autosize
        minRows={2}
        maxRows={8}
        {...form.getInputProps('custom_greeting')}
      />
    </Stack>
  );
}
