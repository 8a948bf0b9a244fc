import { ERRORS, type ErrorBody } from '@visavis/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { ConsolePages } from './console/console.ts';

/** The body of an error answer: nothing in it varies per request. */
export function errorBody(error: AppError): ErrorBody {
  return {
    success: false,
    error: error.message,
    code: publicCode(error.code),
    ...(error.details && { details: error.details }),
  };
}

/** Codes that differ inside only because their status or text does. */
function publicCode(code: string): string {
  if (code === 'avatar-not-found-for-agent') return 'avatar-not-found';
  if (code === 'agent-not-accessible') return 'agent-not-found';
  return code;
}

/**
 * Answers every error of the routes below, expected or not.
 * @param pageFor the page of a browser that navigates to an address that no route takes
 */
export function registerErrors(app: FastifyInstance, pageFor?: ConsolePages['pageFor']): void {
  app.setErrorHandler((error: FastifyError | AppError, request, reply) => sendError(request, reply, error));
  app.setNotFoundHandler(
    (request, reply) => pageFor?.(request, reply) ?? sendError(request, reply, new AppError('route-not-found')),
  );
}

export function sendError(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const expected = asAppError(error);
  if (!expected) request.log.error({ err: error }, 'request failed');
  const answer = expected ?? new AppError('internal');
  if (answer.retryAfterSeconds !== undefined) void reply.header('retry-after', answer.retryAfterSeconds);
  return reply.code(answer.status).send(errorBody(answer));
}

/** The expected outcome behind an error, or undefined where it is a bug. */
export function asAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return undefined;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || code === 'FST_REQ_FILE_TOO_LARGE') {
    return new AppError('too-large', ERRORS['too-large'].text, { cause: error });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_INVALID_MULTIPART_CONTENT_TYPE') {
    return wrongRequest('content-type', 'is not what this endpoint takes (JSON, where the reference says nothing else)', error);
  }
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') return wrongRequest('url', 'is not valid', error);
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return wrongRequest('content-length', 'is not the length of the body', error);
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) return wrongRequest('body', 'is not valid', error);
  return undefined;
}

function wrongRequest(field: string, problem: string, cause: unknown): AppError {
  return new AppError('invalid-request', `${field}: ${problem}`, { details: { [field]: problem }, cause });
}
