import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError, invalid } from '../core/errors.ts';

/** A form as it was sent. */
export interface Form {
  fields: Record<string, string>;
  /** What was sent in the one field that takes a file. */
  file: Buffer | undefined;
}

const MOST_FILE_BYTES = 10 * 1024 * 1024;
const MOST_FIELD_BYTES = 4 * 1024;
const LIMITS = { fileSize: MOST_FILE_BYTES, files: 1, fieldSize: MOST_FIELD_BYTES, fields: 20, parts: 21, headerPairs: 50 };
/** The file, 20 fields and what stands between them. */
const MOST_BODY_BYTES = MOST_FILE_BYTES + 256 * 1024;

/** Reads a multipart form with at most one file, in the field `fileField`. Whatever is wrong with it is a 400 or a 413. */
export async function readForm(request: FastifyRequest, fileField: string): Promise<Form> {
  if (!request.isMultipart()) throw invalid('content-type', 'must be multipart/form-data');
  try {
    if (Number(request.headers['content-length']) > MOST_BODY_BYTES) throw fileTooLarge(fileField);
    const form: Form = { fields: Object.create(null), file: undefined };
    for await (const part of request.parts({ limits: LIMITS })) {
      if (part.type === 'file') form.file = await readFile(part, fileField);
      else readField(part, fileField, form.fields);
    }
    return form;
  } catch (error) {
    throw refusal(error, fileField);
  } finally {
    // What was not read after a refusal flows off, so that the client gets to read the answer.
    request.raw.unpipe();
    request.raw.resume();
  }
}

async function readFile(part: MultipartFile, fileField: string): Promise<Buffer | undefined> {
  if (part.fieldname !== fileField) throw invalid(nameOf(part, fileField), 'must not be a file');
  return part.toBuffer();
}

function readField(part: MultipartValue, fileField: string, fields: Form['fields']): void {
  const name = nameOf(part, fileField);
  // A browser sends an empty file input as a file without bytes; a script without one sends a text.
  if (name === fileField) throw new AppError('no-file-uploaded');
  if (part.valueTruncated) throw invalid(name, `must be at most ${MOST_FIELD_BYTES / 1024} KiB`);
  if (typeof part.value !== 'string') throw invalid(name, 'must be a text');
  if (part.value.includes('\0')) throw invalid(name, 'must not contain the NUL character');
  // The parser puts U+FFFD where it could not decode.
  if (part.value.includes('\ufffd')) throw invalid(name, 'is not valid UTF-8');
  if (fields[name] !== undefined) throw invalid(name, 'is given twice');
  fields[name] = part.value;
}

/** A field's name as an answer may repeat it. */
function nameOf(part: { fieldname: string | undefined }, fileField: string): string {
  const name = part.fieldname ?? '';
  return name === fileField || /^[\w.-]{1,64}$/.test(name) ? name : 'body';
}

function refusal(error: unknown, fileField: string): AppError {
  if (error instanceof AppError) return error;
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'FST_REQ_FILE_TOO_LARGE':
      return fileTooLarge(fileField);
    case 'FST_FILES_LIMIT':
      return invalid(fileField, 'must be one file');
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

function fileTooLarge(field: string): AppError {
  return new AppError('too-large', `${field}: must be at most 10 MB`, { details: { [field]: 'must be at most 10 MB' } });
}
