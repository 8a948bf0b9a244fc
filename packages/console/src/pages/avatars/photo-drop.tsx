import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPhotoUp } from '@tabler/icons-react';
import { type DragEvent, useId, useState } from 'react';
import { avatarTexts as texts } from '../../texts/avatars.ts';
import classes from './add-avatar.module.css';
import { isPicture } from './picture-file.ts';

/** Takes a photo: dropped, chosen, or pasted into the page. */
export function PhotoDrop({ onPhoto }: { onPhoto: (file: File) => void }) {
  const id = useId();
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string>();
  const take = async (file: File | undefined) => {
    if (!file) return;
    if (await isPicture(file)) {
      setProblem(undefined);
      onPhoto(file);
    } else {
      setProblem(texts.notAPicture);
    }
  };
  const drag = (isOver: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(isOver);
  };
  return (
    <Stack gap="sm">
      <input
        id={id}
        type="file"
        accept="image/*"
        className={classes.fileInput}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => {
          void take(currentTarget.files?.[0]);
          // The same file can be chosen again.
          currentTarget.value = '';
        }}
      />
      <label
        htmlFor={id}
        className={classes.drop}
        data-over={over || undefined}
        onDragEnter={drag(true)}
        onDragOver={drag(true)}
        onDragLeave={drag(false)}
        onDrop={(event) => {
          drag(false)(event);
          void take(event.dataTransfer.files[0]);
        }}
      >
        <IconPhotoUp size={40} stroke={1.4} aria-hidden />
        <Text fw={600}>{over ? texts.dropNow : texts.drop}</Text>
        <Text size="sm" c="dimmed" id={`${id}-hint`} maw={420}>
          {texts.dropHint}
        </Text>
      </label>
      {problem && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
          {problem}
        </Alert>
      )}
    </Stack>
  );
}
