import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { nearestName } from '../core/nearest-name.ts';

/** Validates with Zod; a refusal is a 400 whose `details` name every wrong field. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data) => {
    const result = schema.safeParse(httpPart === 'body' && (data ?? undefined) === undefined ? emptyBody(schema) : data);
    if (!result.success) return { error: refusal(result.error.issues, schema) };
    if (schema.meta()?.minProperties === 1 && isEmpty(result.data)) return { error: nothingToUpdate() };
    return { value: result.data };
  };

/** Of what was sent, nothing can be changed. */
function nothingToUpdate(): AppError {
  return new AppError('nothing-to-update', undefined, { details: { body: 'needs at least one field that can be changed' } });
}

const isEmpty = (data: unknown) => typeof data === 'object' && data !== null && Object.keys(data).length === 0;

/** Fastify hands a missing body over as null. Routes whose body is optional take none at all; the others see an empty object, so that the first missing field is named. */
function emptyBody(schema: z.ZodType): unknown {
  return schema.safeParse(undefined).success ? undefined : {};
}

/** An answer is no echo of a megabyte of mistakes. */
const MOST_DETAILS = 20;
const LONGEST_FIELD = 100;

interface Issue {
  path: PropertyKey[];
  message: string;
  code?: string | undefined;
  keys?: string[];
  errors?: Issue[][];
}

function refusal(issues: Issue[], schema?: z.ZodType): AppError {
  const details: Record<string, string> = Object.create(null);
  for (const issue of issues.slice(0, MOST_DETAILS)) {
    for (const [field, problem] of describe(issue, schema)) details[field.slice(0, LONGEST_FIELD)] ??= problem;
  }
  const [field, problem] = Object.entries(details)[0] ?? ['body', 'is not valid'];
  return new AppError('invalid-request', `${field}: ${problem}`, { details });
}

function describe(issue: Issue, schema: z.ZodType | undefined): Array<[string, string]> {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = namesAt(schema, issue.path);
    return (issue.keys ?? []).slice(0, MOST_DETAILS).map((key) => {
      const nearest = key.length <= LONGEST_FIELD ? nearestName(key, names) : undefined;
      return [path ? `${path}.${key}` : key, nearest ? `is not known; did you mean "${nearest}"?` : 'is not known'];
    });
  }
  return [[path || 'body', plain(issue.message)]];
}

/** The names that the object at `path` of a schema knows. */
function namesAt(schema: z.ZodType | undefined, path: PropertyKey[]): string[] {
  let at = unwrap(schema);
  for (const step of path) {
    const def = at?._zod.def;
    at = unwrap(def?.type === 'object' ? def.shape?.[String(step)] : def?.type === 'array' ? def.element : undefined);
  }
  return Object.keys(at?._zod.def.shape ?? {});
}

/** The parts of a Zod schema's definition that lead to its objects. */
interface Definition {
  type: string;
  innerType?: SchemaNode;
  in?: SchemaNode;
  out?: SchemaNode;
  shape?: Record<string, SchemaNode>;
  element?: SchemaNode;
}
interface SchemaNode {
  _zod: { def: Definition };
}

function unwrap(schema: unknown): SchemaNode | undefined {
  let node = schema as SchemaNode | undefined;
  for (;;) {
    const def = node?._zod.def;
    const inner =
      def?.innerType ?? (def?.type === 'pipe' ? (def.in?._zod.def.type === 'transform' ? def.out : def.in) : undefined);
    if (!inner) return node;
    node = inner;
  }
}

function plain(message: string): string {
  return message
    .replace(/^Invalid input: expected (\w+), received undefined$/, 'is required')
    .replace(/^Invalid input: expected (\w+), received (\w+)$/, 'must be of type $1, not $2')
    .replace(/^Invalid (input|option): expected one of /, 'must be one of ')
    .replace(/^Invalid input$/, 'is not valid')
    .replace(/^Too (small|big): expected \w+ to /, 'must ')
    .replace(/ to have /, ' have ');
}
