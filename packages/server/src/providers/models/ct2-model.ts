import type { FileHandle } from 'node:fs/promises';
import { createForwardReader, type ForwardReader } from './forward-reader.ts';
import { ModelError } from './model-error.ts';

/** How the values of a variable are stored. */
export type Ct2Type = 'float32' | 'int8' | 'int16' | 'int32' | 'float16' | 'bfloat16';

/** One variable of a CTranslate2 model: its shape and where its values are, in bytes from the beginning of the file. */
export interface Ct2Variable {
  dimensions: readonly number[];
  type: Ct2Type;
  start: number;
  bytes: number;
}

/** What the headers of a CTranslate2 model say. */
export interface Ct2Model {
  /** What kind of model it is: `WhisperSpec`. */
  specification: string;
  revision: number;
  /** By name; an alias is there with the variable that it stands for. */
  variables: ReadonlyMap<string, Ct2Variable>;
}

const VERSION = 6;
/** By their number in the file. */
const TYPES: readonly { type: Ct2Type; bytes: number }[] = [
  { type: 'float32', bytes: 4 },
  { type: 'int8', bytes: 1 },
  { type: 'int16', bytes: 2 },
  { type: 'int32', bytes: 4 },
  { type: 'float16', bytes: 2 },
  { type: 'bfloat16', bytes: 2 },
];
/** So that nothing in a damaged file makes us hold much in memory; real models have some hundred. */
const MOST_VARIABLES = 65_536;
const MOST_DIMENSIONS = 8;

/**
 * Reads what a CTranslate2 model (`model.bin`, little endian, as its converters have written it since version 3) says about its variables;
 * the values themselves are skipped (https://github.com/OpenNMT/CTranslate2/blob/master/python/ctranslate2/specs/model_spec.py).
 * @throws ModelError `wrong-bytes` with the place of the damage.
 */
export async function readCt2Model(handle: FileHandle, signal: AbortSignal): Promise<Ct2Model> {
  const reader = createReader(handle, (await handle.stat()).size, signal);
  const version = await reader.takeNumber(4);
  if (version !== VERSION) throw damaged(`version ${version} of CTranslate2's format is not known, only ${VERSION}`, 0);
  const specification = await reader.takeName();
  const revision = await reader.takeNumber(4);

  const variables = new Map<string, Ct2Variable>();
  const count = await reader.takeCount();
  for (let at = 0; at < count; at += 1) {
    const name = await reader.takeName();
    if (variables.has(name)) throw damaged(`variable ${name} is there twice`, reader.position());
    variables.set(name, await takeVariable(name, reader));
  }
  const aliases = await reader.takeCount();
  for (let at = 0; at < aliases; at += 1) {
    const alias = await reader.takeName();
    const meant = await reader.takeName();
    const variable = variables.get(meant);
    if (!variable) throw damaged(`${alias} stands for ${meant}, which is not there`, reader.position());
    variables.set(alias, variable);
  }
  return { specification, revision, variables };
}

async function takeVariable(name: string, reader: Reader): Promise<Ct2Variable> {
  const rank = await reader.takeNumber(1);
  if (rank > MOST_DIMENSIONS) throw damaged(`variable ${name} has ${rank} dimensions`, reader.position());
  const dimensions: number[] = [];
  for (let dimension = 0; dimension < rank; dimension += 1) dimensions.push(await reader.takeNumber(4));
  const number = await reader.takeNumber(1);
  const stored = TYPES[number];
  if (!stored) throw damaged(`variable ${name} has values of the unknown type ${number}`, reader.position());
  const bytes = await reader.takeNumber(4);
  const expected = dimensions.reduce((product, size) => product * size, stored.bytes);
  if (bytes !== expected) throw damaged(`variable ${name} has ${bytes} bytes, its shape needs ${expected}`, reader.position());
  const start = reader.position();
  reader.skip(bytes);
  return { dimensions, type: stored.type, start, bytes };
}

interface Reader extends ForwardReader {
  /** An unsigned number of 1, 2 or 4 bytes. */
  takeNumber(bytes: 1 | 2 | 4): Promise<number>;
  takeCount(): Promise<number>;
  takeName(): Promise<string>;
}

/** Larger than what stands between the values of two variables, so that a variable costs one read. */
const WINDOW_BYTES = 512;

function createReader(handle: FileHandle, fileBytes: number, signal: AbortSignal): Reader {
  const file = createForwardReader(handle, { fileBytes, windowBytes: WINDOW_BYTES, signal, damaged });
  const takeNumber = async (bytes: 1 | 2 | 4) => (await file.take(bytes)).readUIntLE(0, bytes);
  return {
    ...file,
    takeNumber,
    async takeCount() {
      const count = await takeNumber(4);
      if (count > MOST_VARIABLES) throw damaged(`it claims to have ${count} variables`, file.position() - 4);
      return count;
    },
    /** Stored with a zero at its end. */
    async takeName() {
      const bytes = await file.take(await takeNumber(2));
      if (bytes.at(-1) !== 0) throw damaged('a name has no end', file.position());
      return bytes.toString('utf8', 0, bytes.length - 1);
    },
  };
}

function damaged(problem: string, position: number): ModelError {
  return new ModelError('wrong-bytes', `The CTranslate2 file is damaged at byte ${position}: ${problem}`);
}
