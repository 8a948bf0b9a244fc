import { Anchor, Badge, Group, Paper, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { SessionSummary } from '@visavis/client';
import { ago, clock } from '../../texts/catalogue.ts';
import { homeTexts as texts } from '../../texts/home.ts';
import { AgentPicture } from '../agents/agent-picture.tsx';
import classes from './home.module.css';

/** The newest sessions, each leading to its transcript. */
export function RecentSessions({ sessions }: { sessions: SessionSummary[] }) {
  return (
    <section aria-labelledby="recent-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="recent-title">
          {texts.recentTitle}
        </Title>
        {sessions.length > 0 && (
          <Anchor component={Link} to="/sessions" size="sm">
            {texts.allSessions}
          </Anchor>
        )}
      </Group>
      <Paper withBorder radius="md" bg="var(--visavis-card)">
        {sessions.length === 0 ? (
          <Text c="dimmed" p="lg" size="sm">
            {texts.noSessions}
          </Text>
        ) : (
          <ul className={classes.recent}>
            {sessions.map((session) => (
              <li key={session.session_id}>
                <Link to="/sessions/$sessionId" params={{ sessionId: String(session.session_id) }} className={classes.recentLink}>
                  <AgentPicture name={session.agent_name} url={session.avatar_url} size={36} />
                  <div style={{ minWidth: 0, flex: 1 }}>
                    <Text size="sm" fw={600} truncate>
                      {session.agent_name}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {texts.sessionLine(texts.sessionTypes[session.session_type], ago(session.started_at))}
                    </Text>
                  </div>
                  {session.status === 'active' ? (
                    <Badge variant="light" color="teal">
                      {texts.live}
                    </Badge>
                  ) : (
                    <Text size="sm" c="dimmed" ff="monospace">
                      {clock(session.duration ?? 0)}
                    </Text>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Paper>
    </section>
  );
}
