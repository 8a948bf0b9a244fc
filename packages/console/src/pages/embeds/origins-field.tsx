import { Button, Group, Input, Pill, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { embedTexts as texts } from '../../texts/embeds.ts';
import { readOrigin } from './origins.ts';

interface OriginsFieldProps {
  value: string[];
  onChange: (origins: string[]) => void;
  /** What is typed and not added yet. */
  typed: string;
  onTyped: (text: string) => void;
  error?: string | undefined;
}

/** The sites where an embed may appear; what is typed is read at once, and said how. */
export function OriginsField({ value, onChange, typed, onTyped, error }: OriginsFieldProps) {
  const listId = useId();
  const [isTried, setTried] = useState(false);
  const read = readOrigin(typed);
  const isTwice = read.origin !== undefined && value.includes(read.origin);
  const problem = isTwice ? texts.originTwice : read.problem;
  // An address is not called wrong while its first letters are typed.
  const shownProblem = typed !== '' && (isTried || typed.length > 11) ? problem : error;
  const becomes =
    read.origin !== undefined && !isTwice && read.origin !== typed.trim() ? texts.originBecomes(read.origin) : undefined;

  const add = () => {
    setTried(true);
    if (read.origin === undefined || isTwice) return;
    onChange([...value, read.origin]);
    onTyped('');
    setTried(false);
  };

  return (
    <div>
      <Group align="flex-start" gap="xs" wrap="nowrap">
        <TextInput
          label={texts.origins}
          description={texts.originsHint}
          placeholder={texts.originPlaceholder}
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          flex={1}
          miw={0}
          value={typed}
          error={shownProblem}
          aria-describedby={listId}
          onChange={(event) => onTyped(event.currentTarget.value)}
          onBlur={() => setTried(true)}
          inputContainer={(input) => (
            <Group gap="xs" wrap="nowrap" align="flex-end">
              <div style={{ flex: 1, minWidth: 0 }}>{input}</div>
              <Button variant="default" onClick={add} disabled={typed.trim() === ''}>
                {texts.addOrigin}
              </Button>
            </Group>
          )}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== ',') return;
            // Otherwise the whole form would be sent.
            event.preventDefault();
            if (typed.trim() !== '') add();
          }}
        />
      </Group>
      {becomes && !shownProblem && <Input.Description mt={4}>{becomes}</Input.Description>}
      <Pill.Group mt={value.length > 0 ? 'xs' : 0} id={listId}>
        {value.map((origin) => (
          <Pill
            key={origin}
            size="md"
            withRemoveButton
            removeButtonProps={{ 'aria-label': texts.removeOrigin(origin), 'aria-hidden': false, tabIndex: 0 }}
            onRemove={() => onChange(value.filter((other) => other !== origin))}
          >
            {origin}
          </Pill>
        ))}
      </Pill.Group>
    </div>
  );
}
