import { z } from 'zod';

const readNumber = (value: unknown) => (typeof value === 'string' && /^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value);

/** An id in a body: a positive integer. */
export const Id = z.int().min(1).meta({ description: 'Positive integer' });

/** An id in a path or a query string. */
export const IdInUrl = z.preprocess(readNumber, Id);

/** ISO 8601, UTC, whole seconds: `2024-01-15T10:30:00Z`. */
export const Timestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .meta({ format: 'date-time' });

/** Formats ms since 1970 as a `Timestamp`. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A time as a caller gives it, ISO 8601 with its zone; read as ms since 1970. */
export const TimeInput = z
  .string()
  .max(40)
  .refine((text) => TIME.test(text) && !Number.isNaN(Date.parse(text)), 'must be a time like "2030-01-31T12:00:00Z"')
  .meta({ format: 'date-time' })
  .transform((text) => Date.parse(text));

/** 0 or 1; booleans are taken too. */
export const FlagInput = z
  .union([z.boolean(), z.literal(0), z.literal(1)])
  .meta({ description: '0 or 1; a boolean is accepted too' });
export const Flag = z.union([z.literal(0), z.literal(1)]);

/** A JSON object: no array, no null. */
export const JsonObject = z.record(z.string(), z.unknown());

/** Length of `value` as UTF-8 JSON. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value) ?? '').length;
}

/** What every list takes: without `limit`, everything up to 1,000 rows. */
export const PageQuery = z.object({
  limit: z
    .preprocess(readNumber, z.int().min(1).max(500))
    .optional()
    .meta({ description: '1 to 500; without it up to 1,000 rows' }),
  cursor: z.string().min(1).max(200).optional().meta({ description: 'From `next_cursor` or the `X-Next-Cursor` header' }),
});

export const IdParams = z.object({ id: IdInUrl });

/** A name that a person gives to something. */
export const Name = z.string().trim().min(1).max(200);

export const ErrorAnswer = z
  .object({
    success: z.literal(false),
    error: z.string(),
    code: z.string(),
    details: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'Error' });

export const Done = z.object({ success: z.literal(true) });
export const DoneWithMessage = Done.extend({ message: z.string() });
