/** A fact as the agent is told it, what somebody asks, and what a right answer has. Answers that repeat the fact have 8 words and more. */
export interface Fact {
  fact: string;
  ask: string;
  right: RegExp;
}

export const FACTS: readonly Fact[] = [
  {
    fact: 'The museum opens at nine in the morning and closes at five in the afternoon.',
    ask: 'When does the museum open, and when does it close?',
    right: /(nine|9).*(five|5)/is,
  },
  {
    fact: 'A ticket costs twelve euros for adults and six euros for students.',
    ask: 'What does a ticket cost for adults and for students?',
    right: /(twelve|12).*(six|6)/is,
  },
  {
    fact: 'Guided tours start every Saturday at eleven in front of the main entrance.',
    ask: 'When and where do the guided tours start?',
    right: /saturday.*(eleven|11)/is,
  },
  {
    fact: 'The cafe on the second floor serves soup, sandwiches and cake until four.',
    ask: 'What does the cafe serve, and until when?',
    right: /soup.*(four|4)/is,
  },
  {
    fact: 'Bags must be left in the lockers next to the cloakroom on the ground floor.',
    ask: 'Where must I leave my bag?',
    right: /locker/i,
  },
  {
    fact: 'The oldest painting in the museum is a portrait of a merchant from the year 1490.',
    ask: 'What is the oldest painting in the museum?',
    right: /merchant/i,
  },
  {
    fact: 'The museum shop sells posters, postcards and books about the exhibitions.',
    ask: 'What does the museum shop sell?',
    right: /poster.*book|book.*poster/is,
  },
  {
    fact: 'Visitors may take photographs without flash in all rooms of the museum.',
    ask: 'May I take photographs in the museum?',
    right: /without (a )?flash/i,
  },
  {
    fact: 'The museum is next to the central station, five minutes away on foot.',
    ask: 'How far is the museum from the central station?',
    right: /(five|5) minutes/i,
  },
  {
    fact: 'The new exhibition shows two hundred old maps of the Alps until the end of May.',
    ask: 'What does the new exhibition show?',
    right: /maps/i,
  },
];

export const CONTEXT = [
  'You answer visitors of a museum on the telephone.',
  'Answer every question with one complete sentence that repeats the whole fact.',
  'Use only these facts:',
  '',
  ...FACTS.map(({ fact }) => fact),
].join('\n');
