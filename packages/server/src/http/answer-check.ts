import { isDeepStrictEqual } from 'node:util';
import type { FastifySerializerCompiler } from 'fastify';
import type { z } from 'zod';

/** Writes answers as they are: what routes send is typed by its schema already. */
export const plainAnswers: FastifySerializerCompiler<unknown> = () => JSON.stringify;

/**
 * For tests: an answer that its documented schema does not accept, or that holds a key the schema does not know, at any
 * depth, is an error. JSON has no `undefined`: what is compared is what a client reads.
 */
export const checkedAnswers: FastifySerializerCompiler<z.ZodType> =
  ({ schema, method, url, httpStatus }) =>
  (answer) => {
    const text = JSON.stringify(answer);
    const sent: unknown = JSON.parse(text);
    const where = `${method} ${url} (${httpStatus})`;
    const result = schema.safeParse(sent);
    if (!result.success) throw new Error(`The answer of ${where} is not as documented: ${result.error.message}`);
    // An error may have to name `__proto__`, which Zod's records drop.
    const error = /^[45]/.test(String(httpStatus));
    if (!error && !isDeepStrictEqual(result.data, sent)) {
      throw new Error(
        `The answer of ${where} holds keys that are not documented: ${text} instead of ${JSON.stringify(result.data)}`,
      );
    }
    return text;
  };
