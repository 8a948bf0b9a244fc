import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { Embed } from '@visavis/client';
import { useEffect, useState } from 'react';
import { CodeBlock } from '../../layout/show-as-code.tsx';
import { LoadError } from '../../layout/states.tsx';
import { embedTexts as texts } from '../../texts/embeds.ts';
import classes from './embeds.module.css';

/** What goes into the page. */
export function CodeDialog({ embed, onClose }: { embed: Embed; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={texts.codeTitle} size="xl">
      <Stack>
        <Text>{texts.codeHint}</Text>
        <CodeBlock code={embed.snippet} />
        <Text size="sm" c="dimmed">
          {texts.codeOrigins(embed.allowed_origins.join(', '))} {texts.codeMore}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>{texts.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The widget itself, as visitors get it: this server's own pages may show every embed. */
export function TryDialog({ embed, onClose }: { embed: Embed; onClose: () => void }) {
  const [problem, setProblem] = useState<Error>();
  useEffect(() => {
    if (customElements.get('visavis-agent')) return;
    const script = document.createElement('script');
    script.src = '/widget.js';
    script.onerror = () => setProblem(new Error(texts.tryMissing));
    document.head.append(script);
  }, []);
  return (
    <Modal opened onClose={onClose} title={texts.tryTitle(embed.name)} size="lg">
      <Stack>
        <Text size="sm" c="dimmed">
          {texts.tryHint}
        </Text>
        {problem ? <LoadError error={problem} /> : <Widget id={embed.embed_id} />}
      </Stack>
    </Modal>
  );
}

function Widget({ id }: { id: string }) {
  const [place, setPlace] = useState<HTMLDivElement | null>(null);
  useEffect(() => {
    if (!place) return;
    const element = document.createElement('visavis-agent');
    element.setAttribute('embed', id);
    element.setAttribute('mode', 'inline');
    place.append(element);
    return () => element.remove();
  }, [place, id]);
  return <div ref={setPlace} className={classes.tried} />;
}
