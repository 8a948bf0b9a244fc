import { catalogue } from './catalogue.ts';

/** The stages of a turn. */
export const turnTexts = catalogue({
  en: {
    label: 'Timing of this turn',
    stages: {
      speech_end: 'End of speech noticed',
      transcript: 'Final transcript',
      turn_end: 'Turn taken to be over',
      first_token: 'First word written',
      first_audio_made: 'First sound made',
      first_audio_sent: 'First sound sent',
      first_audio_heard: 'First sound heard',
    },
    explanations: {
      speech_end: 'Voice activity detection found that you had stopped speaking.',
      transcript: 'The recogniser had its final text.',
      turn_end: 'The end-of-turn model took what you said to be complete.',
      first_token: 'The language model wrote its first word.',
      first_audio_made: 'The voice made its first sound.',
      first_audio_sent: 'That sound was handed to the network.',
      first_audio_heard: 'Your loudspeaker began to play it.',
    },
    sinceSpeech: 'Counted from your last sound',
    sinceMessage: 'Counted from your message',
    answered: (seconds: string) => `Answered after ${seconds}`,
    whole: (seconds: string) => `the whole reply: ${seconds}`,
    milliseconds: (ms: string) => `${ms} ms`,
    seconds: (seconds: string) => `${seconds} s`,
    none: 'There are no timings of this turn.',
  },
});
