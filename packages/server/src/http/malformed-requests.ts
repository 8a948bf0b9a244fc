import type { Socket } from 'node:net';
import { ERRORS, type ErrorBody } from '@visavis/protocol';

/** Answers, in the words of the API, what never became a request: broken HTTP, endless headers, a request that does not go on. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [field, problem] = PROBLEMS[error.code ?? ''] ?? ['request', 'is not valid HTTP'];
  const { status } = ERRORS['invalid-request'];
  const body: ErrorBody = {
    success: false,
    error: `${field}: ${problem}`,
    code: 'invalid-request',
    details: { [field]: problem },
  };
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
  // A client that goes on sending is not listened to any more.
  socket.destroySoon();
}

const PROBLEMS: Record<string, [field: string, problem: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request', 'did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['headers', 'are too long'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body', 'has chunk extensions that are too long'],
  HPE_INVALID_CONTENT_LENGTH: ['content-length', 'is not valid'],
  HPE_UNEXPECTED_CONTENT_LENGTH: ['content-length', 'must not be sent together with Transfer-Encoding'],
  HPE_INVALID_TRANSFER_ENCODING: ['transfer-encoding', 'is not valid'],
  HPE_INVALID_CHUNK_SIZE: ['body', 'is not in valid chunks'],
  HPE_INVALID_METHOD: ['method', 'is not known'],
  HPE_INVALID_URL: ['url', 'is not valid'],
};
