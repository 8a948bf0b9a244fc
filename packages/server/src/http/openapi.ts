import { ErrorAnswer } from '@visavis/protocol';
import type { z } from 'zod';

/** The answers of a route in the reference: its own, and the errors that every route can give. */
export function answers<T extends Record<number, z.ZodType>>(
  own: T,
): T & { '4xx': typeof ErrorAnswer; '5xx': typeof ErrorAnswer } {
  return { ...own, '4xx': ErrorAnswer, '5xx': ErrorAnswer };
}
