import {
  ActionIcon,
  Badge,
  Button,
  Fieldset,
  Group,
  JsonInput,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import classes from './editor.module.css';
import { useAgentFields } from './form.tsx';
import { asFacts, asJson, type Fact, type KnowledgeDraft, knowledgeProblem } from './knowledge.ts';

/** What the agent knows and remembers: objects of facts. */
export function KnowledgeSection() {
  return (
    <Stack>
      <KnowledgeField field="knowledge_base" label={texts.knowledge} hint={texts.knowledgeHint} />
      <KnowledgeField field="memories" label={texts.memories} hint={texts.memoriesHint} />
    </Stack>
  );
}

interface KnowledgeFieldProps {
  field: 'knowledge_base' | 'memories';
  label: string;
  hint: string;
}

function KnowledgeField({ field, label, hint }: KnowledgeFieldProps) {
  const form = useAgentFields();
  const draft: KnowledgeDraft = form.values[field];
  const problem = knowledgeProblem(draft);
  // What cannot be read would be lost on the way to the other form.
  const stuck = problem !== undefined && problem.problem !== 'too-large';
  const set = (next: KnowledgeDraft) => form.setFieldValue(field, next);
  return (
    <Fieldset legend={label}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Text size="sm" c="dimmed" flex="1 1 240px">
            {hint}
          </Text>
          <SegmentedControl
            size="xs"
            aria-label={texts.editAs(label)}
            value={draft.kind}
            disabled={stuck}
            onChange={(kind) => set(kind === 'json' ? asJson(draft) : asFacts(draft))}
            data={[
              { value: 'facts', label: texts.facts },
              { value: 'json', label: texts.json },
            ]}
          />
        </Group>
        {draft.kind === 'json' ? (
          <JsonInput
            aria-label={label}
            autosize
            minRows={8}
            maxRows={24}
            formatOnBlur
            value={draft.text}
            onChange={(text) => set({ kind: 'json', text })}
            error={form.errors[field] ?? (stuck && problem ? texts.knowledgeProblems[problem.problem] : undefined)}
          />
        ) : (
          <FactRows facts={draft.facts} set={(facts) => set({ kind: 'facts', facts })} wrong={problem?.fact} />
        )}
        {draft.kind === 'facts' && form.errors[field] && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {form.errors[field]}
          </Text>
        )}
      </Stack>
    </Fieldset>
  );
}

function FactRows({ facts, set, wrong }: { facts: Fact[]; set: (facts: Fact[]) => void; wrong: number | undefined }) {
  const change = (id: number, part: Partial<Fact>) => set(facts.map((fact) => (fact.id === id ? { ...fact, ...part } : fact)));
  const add = () => set([...facts, { id: Math.max(-1, ...facts.map(({ id }) => id)) + 1, name: '', value: '', json: false }]);
  return (
    <Stack gap="sm">
      {facts.length === 0 && <Text size="sm">{texts.noFacts}</Text>}
      {facts.map((fact, index) => (
        <div key={fact.id} className={classes.fact}>
          <TextInput
            aria-label={texts.factNth(texts.factName, index + 1)}
            placeholder={texts.factNamePlaceholder}
            value={fact.name}
            // A new fact is not wrong before it is written.
            error={wrong === index && fact.value !== ''}
            onChange={({ currentTarget }) => change(fact.id, { name: currentTarget.value })}
          />
          <Textarea
            aria-label={texts.factNth(texts.factValue, index + 1)}
            placeholder={texts.factValuePlaceholder}
            autosize
            minRows={1}
            maxRows={10}
            value={fact.value}
            error={wrong === index && fact.json}
            onChange={({ currentTarget }) => change(fact.id, { value: currentTarget.value })}
            {...(fact.json && { classNames: { input: classes.mono ?? '' } })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={texts.removeFact(fact.name || texts.unnamedFact)}
            onClick={() => set(facts.filter(({ id }) => id !== fact.id))}
          >
            <IconTrash size={18} aria-hidden />
          </ActionIcon>
          {fact.json && (
            <Badge variant="light" color="gray" className={classes.factKind ?? ''}>
              {texts.structured}
            </Badge>
          )}
        </div>
      ))}
      <Group>
        <Button variant="default" size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
          {texts.addFact}
        </Button>
      </Group>
    </Stack>
  );
}
