import type { Message } from './message.ts';

const SPEAKERS = { user: 'User', assistant: 'Assistant' } as const;

/** `User: ...` and `Assistant: ...` lines, in the order of the turns. */
export function transcriptOf(messages: readonly Message[]): string {
  const lines: string[] = [];
  for (const { role, content } of messages) {
    if (role === 'user' || role === 'assistant') lines.push(`${SPEAKERS[role]}: ${content.replaceAll('\n', ' ').trim()}`);
  }
  return lines.join('\n');
}
