import type { ErrorBody, ErrorCode } from '@visavis/protocol';

/** The codes that this version of the API answers with; a newer server may have others. */
export type KnownErrorCode = ErrorCode | (string & {});

/** Everything that the SDK throws itself (an aborted call throws the reason of its signal). */
export class VisavisError extends Error {
  override readonly name: string = 'VisavisError';
}

/** What came with an answer that says no. */
export interface ApiErrorOptions {
  details?: Readonly<Record<string, string>> | undefined;
  retryAfterSeconds?: number | undefined;
  requestId?: string | undefined;
}

/** The server says no. `message` is a text for people, `code` the stable word for programs. */
export class ApiError extends VisavisError {
  override readonly name = 'ApiError';
  /** The HTTP status. */
  readonly status: number;
  readonly code: KnownErrorCode;
  /** How long to wait before the next attempt, where the server says so. */
  readonly retryAfterSeconds: number | undefined;
  /** What is wrong, by field (`properties.speech.voice`), where the body was not valid. */
  readonly details: Readonly<Record<string, string>>;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;

  constructor(status: number, code: KnownErrorCode, message: string, options: ApiErrorOptions = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.requestId = options.requestId;
  }

  /** The first field that `details` names. */
  get field(): string | undefined {
    return Object.keys(this.details)[0];
  }
}

/** The server could not be reached, or the connection was lost. */
export class UnreachableError extends VisavisError {
  override readonly name = 'UnreachableError';
}

/** The server did not answer in time. */
export class TimeoutError extends VisavisError {
  override readonly name = 'TimeoutError';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`The server did not answer within ${timeoutMs} ms.`);
    this.timeoutMs = timeoutMs;
  }
}

/** The error that an answer carries; a proxy's page in between is told as `unknown`. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Partial<ErrorBody>;
  return new ApiError(response.status, body.code ?? 'unknown', body.error ?? `The server answered ${response.status}.`, {
    details: body.details,
    retryAfterSeconds: secondsUntil(response.headers.get('retry-after')),
    requestId: response.headers.get('x-request-id') ?? undefined,
  });
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds or a date. */
function secondsUntil(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
