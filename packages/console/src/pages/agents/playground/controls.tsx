import { ActionIcon, Button, Group, NativeSelect, Popover, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import {
  IconMessage,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneOff,
  IconPlayerStop,
  IconSettings,
  IconVideo,
} from '@tabler/icons-react';
import type { Devices, LiveMode, LiveSession, LiveState } from '@visavis/client/live';
import { useEffect, useState } from 'react';
import { playgroundTexts as texts } from '../../../texts/playground.ts';
import classes from './playground.module.css';

const MODES = { chat: IconMessage, voice: IconMicrophone, video: IconVideo } as const;

interface ControlsProps {
  session: LiveSession;
  state: LiveState;
  onMode: (mode: LiveMode) => void;
}

/** What can be done while a conversation is on. */
export function Controls({ session, state, onMode }: ControlsProps) {
  const inCall = state.connection === 'connected' || state.connection === 'reconnecting' || state.connection === 'connecting';
  const answering = state.replying || (inCall && (state.activity === 'speaking' || state.activity === 'thinking'));
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" className={classes.controls ?? ''}>
      <SegmentedControl
        size="xs"
        aria-label={texts.mode}
        value={state.mode}
        disabled={state.connection === 'connecting'}
        onChange={(mode) => onMode(mode as LiveMode)}
        data={(['chat', 'voice', 'video'] as const).map((mode) => {
          const Icon = MODES[mode];
          return {
            value: mode,
            label: (
              <span className={classes.mode}>
                <Icon size={15} aria-hidden />
                <span className={classes.modeName}>{texts.modes[mode]}</span>
              </span>
            ),
          };
        })}
      />
      <Group gap={4} wrap="nowrap">
        <Tooltip label={texts.stop}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={texts.stop}
            disabled={!answering}
            onClick={() => session.interrupt()}
          >
            <IconPlayerStop size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={state.muted ? texts.unmute : texts.mute}>
          <ActionIcon
            variant={state.muted ? 'filled' : 'subtle'}
            color={state.muted ? 'red' : 'gray'}
            size={32}
            aria-label={texts.mute}
            aria-pressed={state.muted}
            disabled={!inCall}
            onClick={() => session.setMuted(!state.muted)}
          >
            {state.muted ? <IconMicrophoneOff size={18} aria-hidden /> : <IconMicrophone size={18} aria-hidden />}
          </ActionIcon>
        </Tooltip>
        <DeviceChoice session={session} inCall={inCall} />
        <Button
          size="compact-sm"
          h={32}
          color="red"
          variant="light"
          leftSection={<IconPhoneOff size={16} aria-hidden />}
          aria-label={texts.endLong}
          onClick={() => void session.end()}
        >
          {texts.end}
        </Button>
      </Group>
    </Group>
  );
}

function DeviceChoice({ session, inCall }: { session: LiveSession; inCall: boolean }) {
  const [opened, setOpened] = useState(false);
  const [devices, setDevices] = useState<Devices>();
  const [chosen, setChosen] = useState({ microphone: '', speaker: '' });
  useEffect(() => {
    if (!opened) return;
    const load = () => void session.devices().then(setDevices, () => setDevices({ microphones: [], speakers: [] }));
    load();
    return session.on('devices', load);
  }, [opened, session]);
  const options = (list: Devices['microphones']) => [
    { value: '', label: texts.systemDefault },
    ...list.filter(({ id }) => id !== 'default').map(({ id, label }) => ({ value: id, label: label || id.slice(0, 8) })),
  ];
  const none = devices && devices.microphones.length === 0 && devices.speakers.length === 0;
  return (
    <Popover opened={opened} onChange={setOpened} width={280} position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label={texts.devices}
          title={texts.devices}
          disabled={!inCall}
          onClick={() => setOpened(!opened)}
        >
          <IconSettings size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          {none && <Text size="sm">{texts.noDevices}</Text>}
          {devices && devices.microphones.length > 0 && (
            <NativeSelect
              label={texts.microphone}
              data={options(devices.microphones)}
              value={chosen.microphone}
              onChange={({ currentTarget: { value } }) => {
                setChosen({ ...chosen, microphone: value });
                void session.chooseMicrophone(value || 'default');
              }}
            />
          )}
          {devices && devices.speakers.length > 0 && (
            <NativeSelect
              label={texts.speaker}
              data={options(devices.speakers)}
              value={chosen.speaker}
              onChange={({ currentTarget: { value } }) => {
                setChosen({ ...chosen, speaker: value });
                void session.chooseSpeaker(value || 'default');
              }}
            />
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
