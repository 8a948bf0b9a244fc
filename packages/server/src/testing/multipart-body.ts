/** One part of a form: a text, or a file. */
export type Part = { name: string; value: string } | { name: string; file: Buffer; fileName?: string; type?: string };

const BOUNDARY = '----visavis-test-boundary';

/** Headers of `multipartBody`. */
export const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

/** A form as a browser sends it, part by part in the given order. */
export function multipartBody(parts: Part[]): Buffer {
  const pieces = parts.flatMap((part) => {
    if ('value' in part) {
      return [`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${part.name}"\r\n\r\n`, part.value, '\r\n'];
    }
    const { name, file, fileName = 'portrait.png', type = 'application/octet-stream' } = part;
    const disposition = `Content-Disposition: form-data; name="${name}"; filename="${fileName}"`;
    return [`--${BOUNDARY}\r\n${disposition}\r\nContent-Type: ${type}\r\n\r\n`, file, '\r\n'];
  });
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece)));
}
