import { catalogue } from './catalogue.ts';

export const setUpTexts = catalogue({
  en: {
    title: 'Set up your account',
    subtitle: 'With this e-mail address and password you sign in from now on.',
    email: 'E-mail address',
    emailInvited: 'The invitation is for this address.',
    name: 'Your name (optional)',
    password: 'Password',
    passwordHint: 'At least 10 characters. A short sentence is easy to remember.',
    showPassword: 'Show or hide the password',
    submit: 'Set up and sign in',
    emailWrong: 'Enter an e-mail address, such as you@example.org',
    passwordShort: 'Use at least 10 characters',
    linkInvalid:
      'This link was used already or has run out. Restart the server for a new one, or ask the person who invited you.',
    emailTaken: 'Somebody else has this e-mail address here already',
    originUnknown: (origin: string) =>
      `This server does not know the address ${origin}. Open the link just as it was printed, or set VISAVIS_PUBLIC_URL.`,
    missingTitle: 'This page needs a set-up link',
    missing:
      'Open the whole link, with everything behind the “#”. The server prints one when it starts, as long as its administrator has no password; an invitation holds one, too. A link is good once, and a page that was reloaded needs it again.',
    toSignIn: 'I have an account: sign in',

    meanwhileTitle: 'Meanwhile, on this server',
    meanwhile: 'No account and no key of anybody else is needed: what thinks, listens and speaks runs here.',
    bringing: 'Models are fetched once. You need not wait: everything that is there works.',
    allReady: 'Everything is in place.',
    noModels: 'This server uses no models of its own.',
    failed: 'Some models could not be fetched. After you have signed in, the start page says what to do.',
    overall: 'All models',
    percent: (share: number) => `${Math.floor(share * 100)} %`,
    states: {
      absent: 'Not here',
      queued: 'Waiting',
      waiting: 'Waiting',
      downloading: 'Downloading',
      verifying: 'Checking',
      loading: 'Loading',
      ready: 'Ready',
      failed: 'Failed',
    } as Record<string, string>,
    thenTitle: 'Then',
    nextSteps: [
      'Talk with a demo agent: one click, in writing, by voice or face to face.',
      'Make an agent of your own from a template.',
      'Put it on a page with two lines of HTML.',
    ],
  },
});
