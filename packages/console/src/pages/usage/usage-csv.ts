import type { Usage } from '@visavis/client';
import { TYPES } from './session-types.ts';

/** The days as a spreadsheet reads them (RFC 4180). */
export function usageCsv(days: Usage['days']): string {
  const columns = [...TYPES, 'total'] as const;
  const header = ['date', ...columns.map((name) => `sessions_${name}`), ...columns.map((name) => `minutes_${name}`)];
  const rows = days.map((day) => [
    day.date,
    ...columns.map((name) => day.sessions[name]),
    ...columns.map((name) => day.minutes[name]),
  ]);
  return [header, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
