import jsonc from 'jsonc-parser';
import { AppError, invalid } from '../core/errors.ts';

/** The tokens that matter here; jsonc-parser's own names for them exist at compile time only. */
const TOKEN = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  string: 10,
  number: 11,
  end: 17,
} as const;

/** Deeper JSON than this is nobody's honest request. */
const DEEPEST = 32;
/** Of a field's name in an answer, in characters. */
const LONGEST_FIELD = 100;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON body strictly: valid UTF-8, no key twice, no prototype keys, no NUL and no lone surrogates in any text,
 * no numbers beyond a double's range, at most 32 levels deep. Each refusal is a 400 that names the field. An empty body is `undefined`.
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  let text: string;
  try {
    text = utf8.decode(body);
  } catch (error) {
    throw new AppError('invalid-request', 'body: is not valid UTF-8', { details: { body: 'is not valid UTF-8' }, cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('invalid-request', 'body: is not valid JSON', { details: { body: 'is not valid JSON' }, cause: error });
  }
  inspect(text);
  return value;
}

interface Container {
  /** The keys seen so far; undefined in an array. */
  keys: Set<string> | undefined;
  /** Where in the container the scan is: a key or an index. */
  at: string | number;
}

/** Walks the tokens of valid JSON without recursion. */
function inspect(text: string): void {
  const scanner = jsonc.createScanner(text, true);
  const stack: Container[] = [];
  const path = () =>
    stack
      .map(({ at }) => at)
      .join('.')
      .slice(0, LONGEST_FIELD) || 'body';
  let keyExpected = false;
  for (let kind: number = scanner.scan(); kind !== TOKEN.end; kind = scanner.scan()) {
    const top = stack.at(-1);
    switch (kind) {
      case TOKEN.openBrace:
      case TOKEN.openBracket: {
        if (stack.length === DEEPEST)
          throw invalid(String(stack[0]?.at ?? 'body').slice(0, LONGEST_FIELD), `is nested deeper than ${DEEPEST} levels`);
        const isObject = kind === TOKEN.openBrace;
        stack.push({ keys: isObject ? new Set() : undefined, at: isObject ? '' : 0 });
        keyExpected = isObject;
        break;
      }
      case TOKEN.closeBrace:
      case TOKEN.closeBracket:
        stack.pop();
        keyExpected = false;
        break;
      case TOKEN.comma:
        keyExpected = top?.keys !== undefined;
        if (top && typeof top.at === 'number') top.at++;
        break;
      case TOKEN.string: {
        const value = scanner.getTokenValue();
        if (keyExpected && top?.keys) {
          const repeated = top.keys.has(value);
          top.keys.add(value);
          top.at = value.isWellFormed() ? value.replaceAll('\0', '') : 'key';
          if (repeated) throw invalid(path(), 'is given twice');
          if (FORBIDDEN_KEYS.has(value)) throw invalid(path(), 'is not allowed as a key');
          keyExpected = false;
        }
        if (value.includes('\0')) throw invalid(path(), 'must not contain the NUL character');
        if (!value.isWellFormed()) throw invalid(path(), 'is not well-formed Unicode');
        break;
      }
      case TOKEN.number:
        // It would be stored, and given back, as null.
        if (!Number.isFinite(Number(scanner.getTokenValue()))) throw invalid(path(), 'is too large a number');
        break;
      default:
        break;
    }
  }
}
