import { catalogue, language } from './catalogue.ts';

const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

export const usageTexts = catalogue({
  en: {
    title: 'Usage',
    description: 'What your agents did, day by day (UTC). Minutes are measured by this server.',
    range: 'Period',
    days: (n: number) => `${n} days`,
    download: 'Download CSV',
    fileName: (days: number) => `visavis-usage-${days}-days.csv`,
    emptyTitle: 'Nothing in this period',
    empty: 'As soon as somebody talks with one of your agents, it is counted here.',
    toAgents: 'To your agents',
    live: 'Live now',
    liveOf: (limit: number | null) => (limit === null ? 'without a limit' : `of ${number.format(limit)} at a time`),
    liveTypes: 'Live sessions by type',
    nothingLive: 'Nobody is talking at this moment',
    sessions: 'Sessions',
    inPeriod: (days: number) => `in ${days} days`,
    minutes: 'Minutes',
    requests: 'Requests a minute',
    requestsHint: 'you may send in the console; keys have limits of their own',
    messages: 'Messages a minute',
    messagesHint: 'in one session',
    noLimit: 'No limit',
    types: {
      agent_chat: 'Chat',
      agent_voice: 'Voice',
      agent_video: 'Video',
      webrtc_video: 'Driven face',
    },
    total: 'Total',
    day: 'Day',
    perDay: 'Sessions and minutes a day',
    measure: 'What is shown',
    perDayTable: (measure: string) => `${measure} a day, by type of session`,
    showTable: 'Numbers',
    showChart: 'Chart',
    showTableOf: (title: string) => `Numbers: ${title}`,
    showChartOf: (title: string) => `Chart: ${title}`,
    latency: 'How long a reply took to begin',
    latencySpeech:
      'From the last sound of the user until the reply was heard. Half of the replies were faster than the middle one, 19 of 20 faster than the slow ones.',
    latencyText:
      'From the message until the first words. Half of the replies were faster than the middle one, 19 of 20 faster than the slow ones.',
    latencyKind: 'Which replies',
    spoken: 'Spoken',
    written: 'Written',
    p50Name: 'The middle one (p50)',
    p95Name: 'Slow ones (p95)',
    unanswered: 'A message got no reply',
    repliesHint: (replies: number, interrupted: number) =>
      `Of ${number.format(replies)} replies; ${number.format(interrupted)} were cut off by the user, which is no failure.`,
    p50: 'p50 (ms)',
    p95: 'p95 (ms)',
    answers: 'Replies',
    noLatency: 'No replies of this kind were measured in this period.',
    endReasons: 'How sessions ended',
    reason: 'Reason',
    count: 'Count',
    noEnded: 'No session has ended in this period.',
    errors: 'What failed',
    noErrors: 'Nothing failed in this period.',
    error: 'Error',
    number: (value: number) => number.format(value),
    ms: (value: number) => `${number.format(Math.round(value))} ms`,
  },
});

/** A day of the API, `2026-11-28`: "28 Nov". */
export function shortDay(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
}
