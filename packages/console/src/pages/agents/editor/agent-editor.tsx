import { Alert, Box, Button, Group, Tabs, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconAlertTriangle, IconDeviceFloppy } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type Agent, ApiError } from '@visavis/client';
import { useEffect, useState } from 'react';
import { api } from '../../../api.ts';
import { messageOf } from '../../../layout/states.tsx';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { changesOf, draftOf } from './agent-draft.ts';
import { BehaviourSection } from './behaviour-section.tsx';
import classes from './editor.module.css';
import { FaceSection } from './face-section.tsx';
import { AgentFormProvider, useAgentForm } from './form.tsx';
import { KnowledgeSection } from './knowledge-section.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import { LimitsSection } from './limits-section.tsx';
import { ModelSection } from './model-section.tsx';
import { SECTION_NAMES, type SectionName, sectionLabel, sectionOf } from './sections.ts';
import { TurnSection } from './turn-section.tsx';
import { validateDraft } from './validation.ts';
import { VoiceSection } from './voice-section.tsx';

const CONTENT: Record<SectionName, (props: { agentId: number }) => React.JSX.Element> = {
  behaviour: BehaviourSection,
  knowledge: KnowledgeSection,
  model: ModelSection,
  voice: VoiceSection,
  face: FaceSection,
  turns: TurnSection,
  limits: LimitsSection,
};

interface AgentEditorProps {
  agent: Agent;
  section: SectionName;
  onSection: (section: SectionName) => void;
  /** Told when there begins or ceases to be something unsaved. */
  onDirty: (dirty: boolean) => void;
}

/** The form of one agent. It starts from the agent as it was first loaded, and saves what was changed. */
export function AgentEditor({ agent, section, onSection, onDirty }: AgentEditorProps) {
  const queries = useQueryClient();
  const [stored, setStored] = useState(agent);
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const form = useAgentForm({
    initialValues: draftOf(agent),
    validate: validateDraft,
    validateInputOnChange: true,
  });
  const changes = changesOf(stored, form.values);
  const dirty = Object.keys(changes).length > 0;
  useEffect(() => onDirty(dirty), [dirty, onDirty]);

  const show = (errors: Record<string, unknown>) => {
    const [first] = Object.keys(errors);
    const where = first === undefined ? undefined : sectionOf(first);
    if (where) onSection(where);
  };

  /** Whether everything is saved now. */
  const save = async (): Promise<boolean> => {
    if (!dirty) return true;
    const { hasErrors, errors } = form.validate();
    if (hasErrors) {
      show(errors);
      return false;
    }
    setSaving(true);
    setProblem(undefined);
    const sent = form.getValues();
    try {
      await api.agents.update(stored.id, changes);
      setStored({ ...stored, ...(changes as Partial<Agent>) });
      void queries.invalidateQueries({ queryKey: ['agents'] });
      void queries.invalidateQueries({ queryKey: ['agent', stored.id] });
      // What was typed while it was saved is not saved yet.
      return form.getValues() === sent;
    } catch (error) {
      setProblem(error);
      if (error instanceof ApiError && Object.keys(error.details).length > 0) {
        form.setErrors(error.details);
        show(error.details);
      }
      return false;
    } finally {
      setSaving(false);
    }
  };
  const discard = () => {
    form.setValues(draftOf(stored));
    form.clearErrors();
    setProblem(undefined);
  };
  useHotkeys([['mod+S', () => void save()]], []);

  const wrong = new Set(Object.keys(form.errors).map(sectionOf));
  const wrongCount = Object.keys(form.errors).length;
  return (
    <AgentFormProvider form={form}>
      <LeaveGuard dirty={dirty} save={save} saving={saving} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Tabs value={section} onChange={(name) => name && onSection(name as SectionName)} keepMounted={false}>
          <Tabs.List className={classes.tabs ?? ''} aria-label={texts.sectionsLabel} mb="lg">
            {SECTION_NAMES.map((name) => (
              <Tabs.Tab
                key={name}
                value={name}
                {...(wrong.has(name) && {
                  rightSection: <IconAlertTriangle size={15} color="var(--mantine-color-error)" aria-hidden />,
                  'aria-label': texts.sectionHasErrors(sectionLabel(name)),
                })}
              >
                {sectionLabel(name)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {SECTION_NAMES.map((name) => {
            const Content = CONTENT[name];
            return (
              <Tabs.Panel key={name} value={name}>
                <Content agentId={stored.id} />
              </Tabs.Panel>
            );
          })}
        </Tabs>
        <Box className={classes.bar ?? ''}>
          {problem !== undefined && (
            <Alert color="red" variant="light" mb="sm" title={texts.saveFailed} role="alert">
              {messageOf(problem)}
            </Alert>
          )}
          <Group justify="space-between" gap="sm">
            <Text size="sm" role="status" c={wrongCount > 0 ? 'var(--mantine-color-error)' : 'dimmed'}>
              {wrongCount > 0 ? texts.fix(wrongCount) : dirty ? texts.unsaved : texts.allSaved}
            </Text>
            <Group gap="xs">
              <Button variant="default" onClick={discard} disabled={!dirty || saving}>
                {texts.discard}
              </Button>
              <Button
                type="submit"
                loading={saving}
                disabled={!dirty}
                leftSection={<IconDeviceFloppy size={18} aria-hidden />}
                title={texts.saveHint}
              >
                {texts.save}
              </Button>
            </Group>
          </Group>
        </Box>
      </form>
    </AgentFormProvider>
  );
}
