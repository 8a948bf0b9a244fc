import { ActionIcon, Textarea } from '@mantine/core';
import { IconSend2 } from '@tabler/icons-react';
import type { LiveSession } from '@visavis/client/live';
import { useState } from 'react';
import { playgroundTexts as texts } from '../../../texts/playground.ts';
import classes from './playground.module.css';

/** What is written to the agent: Enter sends, Shift+Enter begins a line. What could not be sent comes back. */
export function Composer({ session, language }: { session: LiveSession; language: string | undefined }) {
  const [text, setText] = useState('');
  const send = async () => {
    const message = text;
    if (message.trim() === '') return;
    setText('');
    if (!(await session.send(message))) setText((newer) => (newer === '' ? message : newer));
  };
  return (
    <form
      className={classes.composer}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        flex={1}
        aria-label={texts.messageLabel}
        placeholder={texts.messagePlaceholder}
        lang={language}
        dir="auto"
        autosize
        minRows={1}
        maxRows={5}
        maxLength={16_000}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <ActionIcon type="submit" size={36} aria-label={texts.send} disabled={text.trim() === ''}>
        <IconSend2 size={18} aria-hidden />
      </ActionIcon>
    </form>
  );
}
