import { ActionIcon, Alert, Button, Group, NativeSelect, Paper, Skeleton, Slider, Text } from '@mantine/core';
import { IconAlertTriangle, IconDownload, IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import type { Message, Session } from '@visavis/client';
import { useState } from 'react';
import { download } from '../../layout/download.ts';
import { LoadError } from '../../layout/states.tsx';
import { clock } from '../../texts/catalogue.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import type { Place } from './message-places.ts';
import classes from './session.module.css';
import type { Player, Recording } from './use-recording.ts';

const SPEEDS = ['0.75', '1', '1.25', '1.5', '2'];

interface RecordingPlayerProps {
  session: Session;
  recording: { data: Recording | null | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  player: Player;
  messages: readonly Message[];
  places: ReadonlyMap<number, Place>;
}

/** Plays what was recorded of a session. */
export function RecordingPlayer({ session, recording, player, messages, places }: RecordingPlayerProps) {
  const [speed, setSpeed] = useState('1');
  if (session.recording_url === null) return <NoRecording session={session} />;
  if (recording.isPending) return <Skeleton height={92} radius="lg" role="status" aria-label={texts.recordingLoading} />;
  if (recording.error && !recording.data) return <LoadError error={recording.error} retry={() => void recording.refetch()} />;
  if (!recording.data) return <NoRecording session={session} />;

  const { sound } = recording.data;
  const { positionMs, durationMs, playing } = player;
  const downloadButton = (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={16} aria-hidden />}
      onClick={() => download(`session-${session.session_id}.ogg`, sound, 'audio/ogg')}
    >
      {texts.download}
    </Button>
  );
  return (
    <Paper component="section" withBorder radius="lg" p="sm" className={classes.player ?? ''} aria-label={texts.recording}>
      <audio ref={player.audio} src={player.address} preload="auto" {...player.events} />
      {player.failed ? (
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={texts.recordingFailed} role="alert">
          <Text size="sm" mb="xs">
            {texts.cannotDecode}
          </Text>
          {downloadButton}
        </Alert>
      ) : (
        <>
          <Group gap="sm" wrap="nowrap">
            <ActionIcon size={44} radius="xl" onClick={player.toggle} aria-label={playing ? texts.pause : texts.play}>
              {playing ? <IconPlayerPauseFilled size={22} aria-hidden /> : <IconPlayerPlayFilled size={22} aria-hidden />}
            </ActionIcon>
            <div className={classes.track}>
              <Lanes messages={messages} places={places} durationMs={durationMs} />
              <Slider
                value={positionMs}
                onChange={(ms) => player.seek(ms)}
                min={0}
                max={Math.max(1, durationMs)}
                step={100}
                size="sm"
                label={(ms) => clock(ms / 1000)}
                thumbLabel={texts.position}
                thumbProps={{ 'aria-valuetext': texts.positionOf(clock(positionMs / 1000), clock(durationMs / 1000)) }}
              />
            </div>
          </Group>
          <Group justify="space-between" mt={6} gap="xs">
            <Text size="sm" className={classes.time ?? ''}>
              {clock(positionMs / 1000)} / {clock(durationMs / 1000)}
            </Text>
            <Group gap="xs">
              <NativeSelect
                size="xs"
                label={texts.speed}
                classNames={{ label: classes.unseen ?? '' }}
                value={speed}
                data={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
                onChange={({ currentTarget: { value } }) => {
                  setSpeed(value);
                  if (player.audio.current) player.audio.current.playbackRate = Number(value);
                }}
              />
              {downloadButton}
            </Group>
          </Group>
        </>
      )}
    </Paper>
  );
}

/** Who speaks when, above the slider: the user in the upper lane, the agent in the lower one. */
function Lanes({ messages, places, durationMs }: Pick<RecordingPlayerProps, 'messages' | 'places'> & { durationMs: number }) {
  const share = (ms: number) => `${Math.min(100, (ms / Math.max(1, durationMs)) * 100)}%`;
  return (
    <div className={classes.lanes} aria-hidden>
      {messages.map(({ message_id, role, interrupted }) => {
        const place = places.get(message_id);
        if (!place) return null;
        const style = { left: share(place.startMs), width: share(place.endMs - place.startMs) };
        return (
          <span
            key={message_id}
            className={classes.stretch}
            data-role={role}
            data-interrupted={interrupted || undefined}
            style={style}
          />
        );
      })}
    </div>
  );
}

/** Says it only where a recording can be expected. */
function NoRecording({ session }: { session: Session }) {
  if (session.session_type === 'agent_chat') return null;
  return (
    <Text size="sm" c="dimmed">
      {session.status === 'active' ? texts.recordingWhenEnded : texts.noRecording}
    </Text>
  );
}
