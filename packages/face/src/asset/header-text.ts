/** JSON as bytes, in ASCII: what is not is escaped, so neither writing nor reading needs a text encoder, which pages and Node type differently. */
export function writeHeaderText(value: unknown): Uint8Array {
  const text = JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** @throws SyntaxError if it is no JSON. */
export function readHeaderText(bytes: Uint8Array): unknown {
  let text = '';
  for (let begin = 0; begin < bytes.length; begin += 8192) {
    text += String.fromCharCode(...bytes.subarray(begin, begin + 8192));
  }
  return JSON.parse(text);
}
