/** What a conversation says or shows of itself. */
export interface SpokenPhrases {
  nudge: string;
  apology: string;
  goodbye: string;
  ending: string;
  slow: string;
  providerFailed: string;
  voiceFailed: string;
  listeningFailed: string;
}

const ENGLISH: SpokenPhrases = {
  nudge: 'Are you still there?',
  apology: 'Sorry, I cannot answer right now. Please try again.',
  goodbye: 'Goodbye!',
  ending: 'Our time is nearly over.',
  slow: 'The answer is taking longer than usual.',
  providerFailed: 'The language model could not answer. Please try again.',
  voiceFailed: 'The voice does not work right now. You can read the answer.',
  listeningFailed: 'Speech cannot be recognised right now. Please type.',
};

const PHRASES: Record<string, SpokenPhrases> = {
  en: ENGLISH,
  de: {
    nudge: 'Sind Sie noch da?',
    apology: 'Entschuldigung, ich kann gerade nicht antworten. Bitte versuchen Sie es noch einmal.',
    goodbye: 'Auf Wiederhören!',
    ending: 'Unsere Zeit ist gleich um.',
    slow: 'Die Antwort dauert länger als sonst.',
    providerFailed: 'Das Sprachmodell konnte nicht antworten. Bitte versuchen Sie es noch einmal.',
    voiceFailed: 'Die Stimme ist gerade gestört. Sie können die Antwort lesen.',
    listeningFailed: 'Die Spracherkennung ist gerade gestört. Bitte tippen Sie.',
  },
  es: {
    nudge: '¿Sigue ahí?',
    apology: 'Lo siento, ahora no puedo responder. Inténtelo de nuevo, por favor.',
    goodbye: '¡Hasta luego!',
    ending: 'Nuestro tiempo está a punto de terminar.',
    slow: 'La respuesta tarda más de lo habitual.',
    providerFailed: 'El modelo de lenguaje no pudo responder. Inténtelo de nuevo, por favor.',
    voiceFailed: 'La voz no funciona en este momento. Puede leer la respuesta.',
    listeningFailed: 'El reconocimiento de voz no funciona en este momento. Escriba, por favor.',
  },
  fr: {
    nudge: 'Êtes-vous toujours là ?',
    apology: 'Désolé, je ne peux pas répondre pour le moment. Veuillez réessayer.',
    goodbye: 'Au revoir !',
    ending: 'Notre temps est bientôt écoulé.',
    slow: 'La réponse prend plus de temps que d’habitude.',
    providerFailed: 'Le modèle de langage n’a pas pu répondre. Veuillez réessayer.',
    voiceFailed: 'La voix ne fonctionne pas pour le moment. Vous pouvez lire la réponse.',
    listeningFailed: 'La reconnaissance vocale ne fonctionne pas pour le moment. Veuillez écrire.',
  },
};

/** The phrases of a language such as `de` or `de-AT`; English for those nobody has written yet. */
export function phrasesOf(language: string): SpokenPhrases {
  return PHRASES[language.slice(0, 2).toLowerCase()] ?? ENGLISH;
}

/** Added to the instructions of a conversation that is spoken. */
export const SPOKEN_STYLE =
  'This conversation is spoken aloud. Answer in short, natural sentences that are easy to listen to. ' +
  'Use no Markdown, lists, tables, emojis or links.';
