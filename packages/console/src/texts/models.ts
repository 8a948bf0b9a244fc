import { catalogue } from './catalogue.ts';

export const modelTexts = catalogue({
  en: {
    title: 'Models',
    description:
      'What this server runs itself, without any other service: thinking, listening and speaking. Bring what you want to use.',
    disk: (used: string) => `${used} on disk`,
    task: {
      llm: ['Thinking', 'Language models that write the answers. One is enough; agents can choose among those that are here.'],
      vad: ['Noticing speech', 'Finds out when somebody begins and stops talking.'],
      stt: ['Listening', 'Turns what people say into text.'],
      pronunciation: ['Pronunciation', 'How words are spoken; the voices need it.'],
      tts: ['Speaking', 'Voices that read the answers aloud.'],
    } as Record<string, [title: string, hint: string]>,
    list: (task: string) => `Models for: ${task}`,
    state: {
      absent: 'Not here',
      queued: 'Waiting',
      downloading: 'Downloading',
      verifying: 'Checking',
      ready: 'Ready',
      failed: 'Failed',
    },
    inUse: 'In use',
    languages: (tags: readonly string[]) => {
      if (tags.length > 6) return `${tags.length} languages`;
      return tags.join(', ');
    },
    licence: (name: string) => `Licence: ${name}`,
    download: 'Download',
    downloadOf: (title: string) => `Download ${title}`,
    again: 'Try again',
    verify: 'Check the files',
    verified: 'All files are whole',
    damagedTitle: 'Damaged',
    repair: 'Download again',
    remove: 'Remove',
    removeTitle: (title: string) => `Remove “${title}”?`,
    removeConsequences: (size: string) => [`${size} become free. It can be downloaded again at any time.`],
    removed: 'The model is removed',
    inUseHint: 'In use now: it cannot be removed',
    menu: (title: string) => `Actions for ${title}`,
    progress: (received: string, size: string) => `${received} of ${size}`,
    speed: (perSecond: string) => `${perSecond}/s`,
    left: (clock: string) => `${clock} left`,
    progressOf: (title: string) => `Download of ${title}`,
    adminsOnly: 'Administrators bring and remove models.',
  },
});
