import { catalogue } from './catalogue.ts';

export const homeTexts = catalogue({
  en: {
    title: 'Home',
    welcome: (name: string) => (name === '' ? 'Welcome' : `Welcome, ${name}`),
    description: 'Agents with a voice and a face, on this server.',
    newcomer: 'Your server is set up. Talk with one of the demo agents: it takes one click.',
    talkTitle: 'Talk with an agent',
    talkNow: 'Talk now',
    talkNowWith: (name: string) => `Talk now with ${name}`,
    ways: { chat: 'Write', voice: 'Talk', video: 'Face to face' },
    wayWith: (way: string, name: string) => `${way}: ${name}`,
    allAgents: 'All agents',
    noAgentsTitle: 'There is no agent to talk with',
    noAgents: 'Make one from a template; it takes a minute.',
    makeAgent: 'New agent',

    readyTitle: 'What works here',
    allReady: 'Everything is ready: writing, talking and talking face to face.',
    abilities: {
      chat: { title: 'Writing', ready: (model: string) => `${model} answers.` },
      voice: { title: 'Talking', ready: () => 'Listens and speaks.' },
      video: { title: 'Face to face', ready: () => 'Shows a lip-synced face.' },
    },
    states: { ready: 'Ready', fetching: 'Downloading', loading: 'Loading', missing: 'Missing', failed: 'Failed' },
    ways_out: {
      'fetch-language-model': 'There is no language model yet. Fetch a local one, or connect a provider.',
      'language-model-fetching': 'The local language model is being fetched. Everything else works meanwhile.',
      'language-model-loading': 'The language model is being loaded; this takes a few seconds.',
      'language-model-failed': 'The language model could not be had. Look at it under Models, or connect a provider.',
      'fetch-speech-models': 'Speech models are missing. Fetch them under Models, or add a key of a speech provider.',
      'speech-models-fetching': 'The speech models are being fetched.',
      'speech-models-failed': 'A speech model could not be fetched. Look at it under Models.',
      'no-voice': 'No voice can speak here yet. Look under Models and Providers.',
      'needs-voice': 'Needs what talking needs.',
      'faces-building': 'The built-in faces are being made; this takes a minute after the first start.',
    },
    progress: (got: string, all: string) => `${got} of ${all}`,
    left: (time: string) => `about ${time} left`,
    toModels: 'Models',
    toProviders: 'Providers',

    recentTitle: 'Your latest sessions',
    allSessions: 'All sessions',
    noSessions: 'No conversation yet. Yours will be listed here, with transcript, timings and recording.',
    sessionTypes: { agent_chat: 'Chat', agent_voice: 'Voice', agent_video: 'Video', webrtc_video: 'Avatar stream' },
    live: 'live',
    sessionLine: (type: string, when: string) => `${type}, ${when}`,

    nextTitle: 'Next steps',
    next: {
      agent: { title: 'Make an agent', text: 'From a template, in your words, with a voice of your choice.' },
      avatar: { title: 'Upload a face', text: 'One photo of somebody who agreed is enough.' },
      key: { title: 'Make an API key', text: 'Everything you see here can be done with the API.' },
      embed: { title: 'Put it on a page', text: 'Two lines of HTML, no key in the page.' },
    },
    code: { models: 'What is ready on this machine', talk: 'Start a conversation', recent: 'Your latest sessions' },
  },
});
export type WayOut = keyof (typeof homeTexts)['ways_out'];
