import { Paper, SimpleGrid, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCamera, IconKey, IconRobotFace, IconWorldShare } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { homeTexts as texts } from '../../texts/home.ts';
import classes from './home.module.css';

const STEPS = [
  { ...texts.next.agent, to: '/agents', search: { create: true }, icon: IconRobotFace },
  { ...texts.next.avatar, to: '/avatars', search: {}, icon: IconCamera },
  { ...texts.next.key, to: '/settings/keys', search: {}, icon: IconKey },
  { ...texts.next.embed, to: '/embeds', search: {}, icon: IconWorldShare },
];

/** What one does after the first conversation. */
export function NextSteps() {
  return (
    <section aria-labelledby="next-title">
      <Title order={2} size="h4" mb="sm" id="next-title">
        {texts.nextTitle}
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        {STEPS.map(({ title, text, to, search, icon: Icon }) => (
          <Paper
            key={to}
            component={Link}
            to={to}
            search={search as never}
            withBorder
            p="md"
            radius="md"
            className={classes.step ?? ''}
          >
            <ThemeIcon variant="light" size={36} radius="md" mb="xs">
              <Icon size={20} aria-hidden />
            </ThemeIcon>
            <Text fw={600} size="sm">
              {title}
            </Text>
            <Text size="sm" c="dimmed">
              {text}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
    </section>
  );
}
