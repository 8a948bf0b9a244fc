import { Button, Paper, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconSearch, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api.ts';
import { END_REASONS } from '../../texts/end-reasons.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import { FILTERS, type Filters, isFiltered, TYPES } from './session-filters.ts';
import { endedBecause } from './session-words.tsx';
import classes from './sessions.module.css';

/** While somebody types nothing is asked for, in ms. */
const TYPING_MS = 250;

interface FilterBarProps {
  filters: Filters;
  onChange: (changes: Filters) => void;
  onClear: () => void;
}

/** What of all sessions is shown. */
export function FilterBar({ filters, onChange, onClear }: FilterBarProps) {
  const agents = useQuery({ queryKey: ['agents', 'all'], queryFn: () => api.agents.list({ status: 'all' }) });
  const [opened, setOpened] = useState(false);
  const count = FILTERS.filter((name) => name !== 'search' && filters[name] !== undefined).length;
  const reasons = END_REASONS.map((value) => ({ value, label: endedBecause(value) }));
  return (
    <Paper component="search" withBorder radius="lg" p="md" bg="var(--visavis-card)" aria-label={texts.filters}>
      <SearchField value={filters.search ?? ''} onChange={(search) => onChange({ search })} />
      <Button
        hiddenFrom="sm"
        fullWidth
        mt="sm"
        variant="default"
        leftSection={<IconAdjustmentsHorizontal size={18} aria-hidden />}
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        {count > 0 ? `${texts.filters} (${count})` : texts.filters}
      </Button>
      <SimpleGrid
        cols={{ base: 1, xs: 2, sm: 3, lg: 6 }}
        spacing="sm"
        mt="sm"
        className={classes.filters ?? ''}
        data-opened={opened || undefined}
      >
        <Select
          label={texts.status}
          placeholder={texts.anyStatus}
          clearable
          value={filters.status ?? null}
          onChange={(status) => onChange({ status: status ?? undefined, ...(status === 'active' && { reason: undefined }) })}
          data={[
            { value: 'active', label: texts.active },
            { value: 'completed', label: texts.completed },
          ]}
        />
        <Select
          label={texts.type}
          placeholder={texts.anyType}
          clearable
          value={filters.type ?? null}
          onChange={(type) => onChange({ type: type ?? undefined })}
          data={TYPES.map((type) => ({ value: type, label: texts.types[type] }))}
        />
        <Select
          label={texts.agent}
          placeholder={texts.anyAgent}
          clearable
          searchable
          value={filters.agent ?? null}
          onChange={(agent) => onChange({ agent: agent ?? undefined })}
          data={(agents.data ?? []).map(({ agent_id, name }) => ({ value: String(agent_id), label: name }))}
        />
        <Select
          label={texts.reason}
          placeholder={texts.anyReason}
          clearable
          value={filters.reason ?? null}
          onChange={(reason) => onChange({ reason: reason ?? undefined })}
          data={reasons}
        />
        <DayField label={texts.from} value={filters.from} onChange={(from) => onChange({ from })} />
        <DayField label={texts.until} value={filters.until} onChange={(until) => onChange({ until })} />
      </SimpleGrid>
      {isFiltered(filters) && (
        <Button mt="sm" size="xs" variant="subtle" leftSection={<IconX size={16} aria-hidden />} onClick={onClear}>
          {texts.clear}
        </Button>
      )}
    </Paper>
  );
}

/** Keeps what is typed at once, and asks when the typing pauses. */
function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const tell = useDebouncedCallback((next: string) => {
    told.current = next;
    onChange(next);
  }, TYPING_MS);
  // Another value that comes from outside (the filters were cleared, "back") is taken over.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  return (
    <TextInput
      type="search"
      aria-label={texts.search}
      placeholder={texts.search}
      leftSection={<IconSearch size={18} aria-hidden />}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        tell(currentTarget.value);
      }}
    />
  );
}

function DayField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (day: string | undefined) => void;
}) {
  return (
    <TextInput
      type="date"
      label={label}
      className={classes.day ?? ''}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    />
  );
}
