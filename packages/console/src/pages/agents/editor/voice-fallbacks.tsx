import { NativeSelect } from '@mantine/core';
import type { Voice } from '@visavis/client';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { type Choice, FallbackList } from './fallback-list.tsx';
import { languageName } from './languages.ts';

/** The voices that speak when the first one fails. */
export function VoiceFallbacks({ voices, language }: { voices: Voice[]; language: string }) {
  const usable = voices.filter(({ available }) => available);
  const first = usable.find((voice) => voice.language.split('-')[0] === language.split('-')[0]) ?? usable[0];
  return (
    <FallbackList
      path="properties.speech.speak.fallbacks"
      label={texts.voiceFallbacks}
      hint={texts.voiceFallbacksHint}
      initial={first ? choiceOf(first.voice_id) : { provider: 'local' }}
      fields={(choice, change, nth) => (
        <NativeSelect
          aria-label={texts.voiceOf(texts.nthOf(texts.voiceFallbacks, nth))}
          data={optionsOf(voices, idOf(choice))}
          value={idOf(choice)}
          onChange={({ currentTarget }) => {
            const next = choiceOf(currentTarget.value);
            // A model belongs to its provider.
            change(next.provider === choice.provider ? { ...next, model: choice.model } : next);
          }}
        />
      )}
    />
  );
}

/** `local/clara`; `local/` for whatever voice is that provider's first. */
const idOf = ({ provider = 'local', voice = '' }: Choice) => `${provider}/${voice}`;

function choiceOf(id: string): Choice {
  const slash = id.indexOf('/');
  return { provider: id.slice(0, slash), voice: id.slice(slash + 1) };
}

/** Grouped by provider. */
function optionsOf(voices: Voice[], chosen: string) {
  const groups = [...new Set(voices.map(({ provider }) => provider))].map((provider) => ({
    group: provider,
    items: [
      { value: `${provider}/`, label: texts.firstVoiceOf(provider) },
      ...voices
        .filter((voice) => voice.provider === provider)
        .map(({ voice_id, name, language, available }) => ({
          value: voice_id,
          label: `${name} (${languageName(language)})`,
          disabled: !available && voice_id !== chosen,
        })),
    ],
  }));
  const isListed = groups.some(({ items }) => items.some(({ value }) => value === chosen));
  return isListed ? groups : [...groups, { group: '–', items: [{ value: chosen, label: texts.voiceUnknown(chosen) }] }];
}
