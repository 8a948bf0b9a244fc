/** A question about `company.md`, and what a right answer must match. `never` is what a right answer must not match. */
export interface Question {
  ask: string;
  right: RegExp;
  never?: RegExp;
}

/** Twenty questions a customer would ask; every answer is stated in the text, or (the last two) the text says no. */
export const QUESTIONS: readonly Question[] = [
  { ask: 'In which city is the shop?', right: /innsbruck/i },
  { ask: 'Who founded the company?', right: /heller/i },
  { ask: 'What is the address of the shop?', right: /museumstra(ss|ß)e 14/i },
  { ask: 'How many people work there?', right: /\b(12|twelve)\b/i, never: /hours/i },
  { ask: 'When do you close on Saturdays?', right: /\b(2|14:00|two)\b/i, never: /6 ?pm|\b12\b|closed on saturdays? from/i },
  { ask: 'Until what time does the workshop take bicycles?', right: /\b5 ?(pm|p\.m\.)|17:00/i },
  { ask: 'How much does it cost to rent a city bike for a day?', right: /\b18\b|eighteen/i, never: /tour/i },
  { ask: 'What is the price of an electric mountain bike per day?', right: /\b59\b/i, never: /\b35\b/ },
  { ask: 'Do I have to pay extra for a helmet?', right: /\bincluded\b|\bno\b|free/i, never: /^yes/i },
  { ask: 'How high is the deposit?', right: /\b100\b/ },
  { ask: 'How long does a full service take?', right: /\b(3|three) days?\b/i },
  { ask: 'What does repairing a flat tyre cost?', right: /\b12\b|twelve/i },
  { ask: 'How long is the guarantee on repairs?', right: /\b(6|six) months?\b/i },
  { ask: 'On which days do the guided tours start?', right: /wednesday.*saturday|saturday.*wednesday/is },
  { ask: 'How long is the Nordkette tour in kilometres?', right: /\b42\b/ },
  { ask: 'Which tour is suitable for families?', right: /\binn\b/i },
  { ask: 'Who is the guide?', right: /pircher/i },
  { ask: 'From what order value is delivery free?', right: /\b80\b|eighty/i },
  { ask: 'Are you open on Sundays?', right: /\bno\b|not|closed/i, never: /^yes/i },
  { ask: 'Can I pay by cheque?', right: /\bno\b|not|cannot|n't/i, never: /^yes/i },
];
