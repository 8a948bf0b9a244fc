import { Button, FileButton, Group, Stack, Text } from '@mantine/core';
import { IconPhotoUp, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api.ts';
import { ownAddress } from '../../../components/own-address.ts';
import { messageOf } from '../../../layout/states.tsx';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { cutPicture, isPicture } from '../../avatars/picture-file.ts';
import classes from './editor.module.css';

/** The picture behind the agent's face. It is kept as soon as it is sent; that it is seen is a setting, saved like the others. */
export function BackgroundPicture({ agentId, aspect }: { agentId: number; aspect: string }) {
  const queries = useQueryClient();
  const queryKey = ['agent-background', agentId];
  const picture = useQuery({ queryKey, queryFn: ({ signal }) => api.agents.background.get(agentId, { signal }) });
  const upload = useMutation({
    mutationFn: async (file: File) => {
      if (!(await isPicture(file))) throw new Error(texts.backgroundNotAPicture);
      const sent = await cutPicture(file, undefined);
      return api.agents.background.upload(agentId, { file: sent, fileName: sent.name });
    },
    onSuccess: (url) => queries.setQueryData(queryKey, url),
  });
  const remove = useMutation({
    mutationFn: () => api.agents.background.remove(agentId),
    onSuccess: () => queries.setQueryData(queryKey, null),
  });
  const busy = upload.isPending || remove.isPending;
  const problem = upload.error ?? remove.error ?? picture.error;
  const choose = (file: File | null) => {
    remove.reset();
    if (file) upload.mutate(file);
  };
  return (
    <Stack gap="xs" role="group" aria-label={texts.backgroundPicture}>
      <Text size="sm" fw={600}>
        {texts.backgroundPicture}
      </Text>
      <div className={classes.background} style={{ aspectRatio: aspect.replace(':', ' / ') }}>
        {picture.data ? (
          <img src={ownAddress(picture.data)} alt={texts.backgroundPreview} />
        ) : (
          <Text size="sm" c="dimmed" ta="center" p="md">
            {picture.isPending ? '' : texts.backgroundNone}
          </Text>
        )}
      </div>
      <Group gap="xs">
        <FileButton
          accept="image/png,image/jpeg,image/webp,image/gif"
          onChange={choose}
          inputProps={{ 'aria-label': texts.backgroundFile }}
        >
          {(props) => (
            <Button
              {...props}
              size="xs"
              variant="default"
              loading={upload.isPending}
              disabled={busy}
              leftSection={<IconPhotoUp size={16} aria-hidden />}
            >
              {picture.data ? texts.backgroundReplace : texts.backgroundUpload}
            </Button>
          )}
        </FileButton>
        {picture.data && (
          <Button
            size="xs"
            variant="subtle"
            color="red"
            loading={remove.isPending}
            disabled={busy}
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => {
              upload.reset();
              remove.mutate();
            }}
          >
            {texts.backgroundRemove}
          </Button>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {texts.backgroundHint}
      </Text>
      {problem && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {messageOf(problem)}
        </Text>
      )}
    </Stack>
  );
}
