import type { HistoryMessage } from '../conversation.ts';
import type { Message } from './message.ts';

/**
 * What a model is told of the conversation so far: everything but the message that is about to be answered and those
 * that wait behind it.
 */
export function historyOf(turns: readonly Message[], answering: number): HistoryMessage[] {
  return turns.flatMap(({ id, role, content, interrupted, answered, createdAt }) => {
    if ((role !== 'user' && role !== 'assistant') || content === '') return [];
    const waits = role === 'user' && id >= answering && (id === answering || !answered);
    return waits ? [] : [{ id, role, content, interrupted, createdAt }];
  });
}
