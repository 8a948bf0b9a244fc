import { Avatar, Group, Text, VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { SessionSummary } from '@visavis/client';
import { ownAddress } from '../../components/own-address.ts';
import { ago, dateTime } from '../../texts/catalogue.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import { Duration, endedBecause, LiveBadge, TYPE_ICONS } from './session-words.tsx';
import classes from './sessions.module.css';

/** One session of the list; all of it leads to its page. */
export function SessionRow({ session }: { session: SessionSummary }) {
  const { session_id, agent_name, avatar_url, session_type, status, started_at, end_reason } = session;
  const Icon = TYPE_ICONS[session_type];
  return (
    <li className={classes.item}>
      <Link to="/sessions/$sessionId" params={{ sessionId: String(session_id) } as never} className={classes.row ?? ''}>
        <VisuallyHidden>{texts.open(agent_name, session_id)}</VisuallyHidden>
        <Avatar
          src={avatar_url && ownAddress(avatar_url)}
          name={agent_name}
          color="iris"
          radius="md"
          size={40}
          alt=""
          aria-hidden
          className={classes.face ?? ''}
        />
        <div className={classes.who} aria-hidden>
          <Text fw={600} truncate>
            {agent_name}
          </Text>
          <Text size="sm" c="dimmed" truncate>
            <span className={classes.number}>#{session_id}</span>
          </Text>
        </div>
        <Group gap={6} wrap="nowrap" className={classes.type ?? ''}>
          <Icon size={18} stroke={1.6} aria-hidden />
          <Text size="sm">{texts.types[session_type]}</Text>
        </Group>
        <div className={classes.state}>
          {status === 'active' ? (
            <LiveBadge />
          ) : (
            <Text size="sm" c="dimmed" truncate>
              {endedBecause(end_reason)}
            </Text>
          )}
        </div>
        <Text size="sm" className={classes.duration ?? ''}>
          <Duration session={session} />
        </Text>
        <Text
          size="sm"
          c="dimmed"
          component="time"
          dateTime={started_at}
          title={dateTime(started_at)}
          className={classes.started ?? ''}
        >
          {ago(started_at)}
        </Text>
      </Link>
    </li>
  );
}
