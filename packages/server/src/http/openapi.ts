import { ErrorAnswer } from '@visavis/protocol';
import { z } from 'zod';

/** An answer of server-sent events, in the reference. */
export const eventStream = (description: string) => ({
  description,
  content: { 'text/event-stream': { schema: z.string() } },
});

/** The answers of a route in the reference: its own, and the errors that every route can give. */
export function answers<T extends Record<number, z.ZodType>>(
  own: T,
): T & { '4xx': typeof ErrorAnswer; '5xx': typeof ErrorAnswer } {
  return { ...own, '4xx': ErrorAnswer, '5xx': ErrorAnswer };
}
