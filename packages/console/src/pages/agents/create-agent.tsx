import { Button, Group, Modal, Radio, SimpleGrid, Stack, Text, TextInput, ThemeIcon } from '@mantine/core';
import {
  IconBriefcase,
  IconBuildingMonument,
  IconCalendarEvent,
  IconFile,
  IconHeadset,
  type IconProps,
  IconSchool,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ComponentType, useState } from 'react';
import { api } from '../../api.ts';
import { messageOf } from '../../layout/states.tsx';
import { agentTemplates, type TemplateName } from '../../texts/agent-templates.ts';
import { agentsTexts as texts } from '../../texts/agents.ts';
import classes from './agents.module.css';

const ICONS: Record<TemplateName, ComponentType<IconProps>> = {
  support: IconHeadset,
  tutor: IconSchool,
  receptionist: IconCalendarEvent,
  interviewer: IconBriefcase,
  guide: IconBuildingMonument,
  blank: IconFile,
};
const NAMES = Object.keys(agentTemplates) as TemplateName[];

/** A new agent from a template; leads into its editor. */
export function CreateAgentDialog({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title={texts.createTitle} size="lg">
      <CreateAgentForm close={close} />
    </Modal>
  );
}

function CreateAgentForm({ close }: { close: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [template, setTemplate] = useState<TemplateName>('support');
  const [name, setName] = useState(agentTemplates.support.name);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const choose = (next: TemplateName) => {
    // A name that somebody has written stays.
    if (name.trim() === agentTemplates[template].name) setName(agentTemplates[next].name);
    setTemplate(next);
    setProblem(undefined);
  };
  const create = async () => {
    if (name.trim() === '') return setProblem(texts.nameMissing);
    setBusy(true);
    try {
      const { greeting, instructions, knowledge } = agentTemplates[template];
      const made = await api.agents.create({
        name: name.trim(),
        language: 'en',
        ...(greeting !== '' && { custom_greeting: greeting }),
        ...(instructions !== '' && { context: instructions }),
        avatar_id: await firstAvatar(),
      });
      if (knowledge) await api.agents.update(made.agent_id, { knowledge_base: knowledge });
      void queries.invalidateQueries({ queryKey: ['agents'] });
      close();
      await navigate({ to: '/agents/$agentId', params: { agentId: String(made.agent_id) } });
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <Stack>
        <Radio.Group
          label={texts.template}
          description={texts.createHint}
          value={template}
          onChange={(value) => choose(value as TemplateName)}
        >
          <SimpleGrid cols={{ base: 1, xs: 2 }} mt="sm" spacing="sm">
            {NAMES.map((key) => {
              const Icon = ICONS[key];
              const { title, description } = agentTemplates[key];
              return (
                <Radio.Card key={key} value={key} p="sm" className={classes.template ?? ''} aria-label={title}>
                  <Group wrap="nowrap" align="flex-start" gap="sm">
                    <ThemeIcon variant="light" size={36} radius="md">
                      <Icon size={20} aria-hidden />
                    </ThemeIcon>
                    <div>
                      <Text fw={600} size="sm">
                        {title}
                      </Text>
                      <Text size="xs" c="dimmed" lh={1.4}>
                        {description}
                      </Text>
                    </div>
                  </Group>
                </Radio.Card>
              );
            })}
          </SimpleGrid>
        </Radio.Group>
        <TextInput
          label={texts.name}
          placeholder={texts.namePlaceholder}
          required
          maxLength={200}
          value={name}
          error={problem}
          onChange={({ currentTarget }) => {
            setName(currentTarget.value);
            setProblem(undefined);
          }}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {texts.createConfirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A face to begin with, so that video works at once: a favourite, else the oldest of the built-in characters. */
async function firstAvatar(): Promise<number | null> {
  const [own, open] = await Promise.all([api.avatars.list(), api.avatars.listPublic()]);
  const isReady = ({ status, consent }: { status: string; consent: boolean }) => status === 'ready' && consent;
  const favourite = [...own, ...open].find((avatar) => avatar.is_favorite === 1 && isReady(avatar));
  return (favourite ?? open.filter(isReady).at(-1))?.id ?? null;
}
