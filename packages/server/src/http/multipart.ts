import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError, invalid } from '../core/errors.ts';

/** A form as it was sent. */
export interface Form<F> {
  fields: Record<string, string>;
  /** The fields that may come more than once, as often as they came. */
  lists: Record<string, string[]>;
  /** What was sent in the one field that takes a file. */
  file: F | undefined;
}

export interface FormRules<F> {
  /** The field that takes a file. */
  fileField: string;
  mostFileBytes: number;
  /** The fields that may come more than once. Where there are such, all others with brackets in their names are passed over. */
  lists?: readonly string[];
  /** Takes the file as it arrives. */
  keep(file: AsyncIterable<Uint8Array>): Promise<F>;
}

const MEGABYTE = 1024 * 1024;
const MOST_FIELD_BYTES = 4 * 1024;
const LIMITS = { files: 1, fieldSize: MOST_FIELD_BYTES, fields: 20, parts: 21, headerPairs: 50 };
/** What 20 fields and what stands between them may take besides the file. */
const OTHER_BYTES = 256 * 1024;

/** Reads a multipart form with at most one file, of 10 MB at most, in the field `fileField`. Whatever is wrong with it is a 400 or a 413. */
export async function readForm(request: FastifyRequest, fileField: string): Promise<Form<Buffer>> {
  return receiveForm(request, { fileField, mostFileBytes: 10 * MEGABYTE, keep: together });
}

async function together(file: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of file) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Reads a multipart form with at most one file, which is kept piece by piece. */
export async function receiveForm<F>(request: FastifyRequest, rules: FormRules<F>): Promise<Form<F>> {
  if (!request.isMultipart()) throw invalid('content-type', 'must be multipart/form-data');
  try {
    if (Number(request.headers['content-length']) > rules.mostFileBytes + OTHER_BYTES) throw fileTooLarge(rules);
    const form: Form<F> = { fields: Object.create(null), lists: Object.create(null), file: undefined };
    for await (const part of request.parts({ limits: { ...LIMITS, fileSize: rules.mostFileBytes } })) {
      if (part.type === 'file') form.file = await readFile(part, rules);
      else readField(part, rules, form);
    }
    return form;
  } catch (error) {
    throw refusal(error, rules);
  } finally {
    // What was not read after a refusal flows off, so that the client gets to read the answer.
    request.raw.unpipe();
    request.raw.resume();
  }
}

async function readFile<F>(part: MultipartFile, rules: FormRules<F>): Promise<F> {
  if (part.fieldname !== rules.fileField) throw invalid(nameOf(part, rules.fileField), 'must not be a file');
  const kept = await rules.keep(part.file);
  if (part.file.truncated) throw fileTooLarge(rules);
  return kept;
}

function readField<F>(part: MultipartValue, { fileField, lists }: FormRules<F>, form: Form<F>): void {
  const isList = lists?.includes(part.fieldname) ?? false;
  if (lists && !isList && part.fieldname?.includes('[')) return;
  const name = isList ? part.fieldname : nameOf(part, fileField);
  // A browser sends an empty file input as a file without bytes; a script without one sends a text.
  if (name === fileField) throw new AppError('no-file-uploaded');
  if (part.valueTruncated) throw invalid(name, `must be at most ${MOST_FIELD_BYTES / 1024} KiB`);
  if (typeof part.value !== 'string') throw invalid(name, 'must be a text');
  if (part.value.includes('\0')) throw invalid(name, 'must not contain the NUL character');
  // The parser puts U+FFFD where it could not decode.
  if (part.value.includes('\ufffd')) throw invalid(name, 'is not valid UTF-8');
  if (isList) form.lists[name] = [...(form.lists[name] ?? []), part.value];
  else if (form.fields[name] !== undefined) throw invalid(name, 'is given twice');
  else form.fields[name] = part.value;
}

/** A field's name as an answer may repeat it. */
function nameOf(part: { fieldname: string | undefined }, fileField: string): string {
  const name = part.fieldname ?? '';
  return name === fileField || /^[\w.-]{1,64}$/.test(name) ? name : 'body';
}

function refusal(error: unknown, rules: FormRules<unknown>): AppError {
  if (error instanceof AppError) return error;
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'FST_REQ_FILE_TOO_LARGE':
      return fileTooLarge(rules);
    case 'FST_FILES_LIMIT':
      return invalid(rules.fileField, 'must be one file');
    case 'FST_FIELDS_LIMIT':
    case 'FST_PARTS_LIMIT':
      return invalid('body', 'has too many fields');
    default:
      return new AppError('invalid-request', 'body: is not a complete multipart form', {
        details: { body: 'is not a complete multipart form' },
        cause: error,
      });
  }
}

function fileTooLarge({ fileField, mostFileBytes }: FormRules<unknown>): AppError {
  const problem = `must be at most ${mostFileBytes / MEGABYTE} MB`;
  return new AppError('too-large', `${fileField}: ${problem}`, { details: { [fileField]: problem } });
}
