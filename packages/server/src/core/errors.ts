import { ERRORS, type ErrorCode } from '@visavis/protocol';

/** An expected outcome that a caller is told about: a code of the catalogue and, if it helps, a text of its own. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  /** Field path -> what is wrong with it. */
  readonly details: Record<string, string> | undefined;
  /** For 429 and 503: after how many seconds a retry makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    text?: string,
    options: { details?: Record<string, string>; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(text ?? ERRORS[code].text, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = ERRORS[code].status;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A 400 that names the field. */
export function invalid(field: string, problem: string): AppError {
  return new AppError('invalid-request', `${field}: ${problem}`, { details: { [field]: problem } });
}
