/// <reference path="./web-assembly.d.ts" />

/** What a run of the flite program needs of an operating system, in memory: its arguments, a clock, and one file that it writes. */
export interface FliteSystem {
  imports(program: WebAssembly.Module): WebAssembly.Imports;
  /** Runs the program to its end. @throws Error with what it wrote to stderr, if it fails. */
  start(memory: WebAssembly.Memory, entry: () => void): void;
  /** The bytes of the file that it wrote. */
  output(): Buffer;
}

const OK = 0;
const ERRNO_BADF = 8;
const ERRNO_NOENT = 44;
const ERRNO_NOSYS = 52;
const ERRNO_SPIPE = 70;
/** Descriptors 0..2 are the standard streams, 3 is the folder `/o`, the files opened in it follow. */
const FOLDER = 3;
const FOLDER_NAME = '/o';
const ALL_RIGHTS = 0x1fffffffn;

/** Thrown through the program when it leaves. */
class Exit {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

type SystemCall = (...parameters: never[]) => number;

/**
 * A minimal WASI preview 1 (https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md), only what flite calls. Node's own
 * `node:wasi` ends in a segmentation fault on Node 20 when instances follow one another (seen after seven).
 */
export function createFliteSystem(parameters: readonly string[]): FliteSystem {
  const strings = parameters.map((parameter) => Buffer.from(`${parameter}\0`));
  const complaints: string[] = [];
  let memory: WebAssembly.Memory | undefined;
  let file = Buffer.alloc(1 << 18);
  let length = 0;
  let position = 0;
  let nextDescriptor = FOLDER + 1;

  const view = () => new DataView((memory as WebAssembly.Memory).buffer);
  const bytes = () => new Uint8Array((memory as WebAssembly.Memory).buffer);
  const putSize = (at: number, value: number) => view().setUint32(at, value, true);

  function writeToFile(chunk: Uint8Array): void {
    while (position + chunk.length > file.length) file = Buffer.concat([file, Buffer.alloc(file.length)]);
    file.set(chunk, position);
    position += chunk.length;
    length = Math.max(length, position);
  }

  const calls: Record<string, SystemCall> = {
    args_sizes_get(count: number, size: number) {
      putSize(count, strings.length);
      putSize(size, Buffer.concat(strings).length);
      return OK;
    },
    args_get(pointers: number, start: number) {
      let at = start;
      for (const [index, text] of strings.entries()) {
        putSize(pointers + 4 * index, at);
        bytes().set(text, at);
        at += text.length;
      }
      return OK;
    },
    environ_sizes_get(count: number, size: number) {
      putSize(count, 0);
      putSize(size, 0);
      return OK;
    },
    environ_get: () => OK,
    clock_time_get(_clock: number, _precision: bigint, at: number) {
      view().setBigUint64(at, process.hrtime.bigint(), true);
      return OK;
    },
    clock_res_get(_clock: number, at: number) {
      view().setBigUint64(at, 1n, true);
      return OK;
    },
    random_get(at: number, count: number) {
      bytes().fill(7, at, at + count);
      return OK;
    },
    proc_exit(code: number) {
      throw new Exit(code);
    },
    sched_yield: () => OK,
    fd_prestat_get(descriptor: number, at: number) {
      if (descriptor !== FOLDER) return ERRNO_BADF;
      view().setUint8(at, 0);
      putSize(at + 4, FOLDER_NAME.length);
      return OK;
    },
    fd_prestat_dir_name(_descriptor: number, at: number) {
      bytes().set(Buffer.from(FOLDER_NAME), at);
      return OK;
    },
    fd_fdstat_get(descriptor: number, at: number) {
      const kind = descriptor === FOLDER ? 3 : descriptor < FOLDER ? 2 : 4; // directory, character device, regular file
      bytes().fill(0, at, at + 24);
      view().setUint8(at, kind);
      view().setBigUint64(at + 8, ALL_RIGHTS, true);
      view().setBigUint64(at + 16, ALL_RIGHTS, true);
      return OK;
    },
    fd_fdstat_set_flags: () => OK,
    fd_filestat_get(_descriptor: number, at: number) {
      bytes().fill(0, at, at + 64);
      view().setUint8(at + 16, 4);
      view().setBigUint64(at + 32, BigInt(length), true);
      return OK;
    },
    path_filestat_get: () => ERRNO_NOENT,
    path_open(...values: never[]) {
      putSize(values[8] as unknown as number, nextDescriptor);
      nextDescriptor += 1;
      position = 0;
      return OK;
    },
    fd_write(descriptor: number, vectors: number, count: number, written: number) {
      let total = 0;
      for (let index = 0; index < count; index += 1) {
        const start = view().getUint32(vectors + 8 * index, true);
        const size = view().getUint32(vectors + 8 * index + 4, true);
        const chunk = bytes().subarray(start, start + size);
        if (descriptor > FOLDER) writeToFile(chunk);
        else complaints.push(Buffer.from(chunk).toString());
        total += size;
      }
      putSize(written, total);
      return OK;
    },
    fd_seek(descriptor: number, offset: bigint, whence: number, at: number) {
      if (descriptor <= FOLDER) return ERRNO_SPIPE;
      position = Number(offset) + (whence === 0 ? 0 : whence === 1 ? position : length);
      view().setBigUint64(at, BigInt(position), true);
      return OK;
    },
    fd_tell(_descriptor: number, at: number) {
      view().setBigUint64(at, BigInt(position), true);
      return OK;
    },
    fd_close: () => OK,
    fd_read(_descriptor: number, _vectors: number, _count: number, at: number) {
      putSize(at, 0);
      return OK;
    },
  };

  return {
    imports(program) {
      const imports: Record<string, Record<string, SystemCall>> = {};
      for (const { module, name } of WebAssembly.Module.imports(program)) {
        imports[module] ??= {};
        imports[module][name] = calls[name] ?? (() => ERRNO_NOSYS);
      }
      return imports as WebAssembly.Imports;
    },
    start(itsMemory, entry) {
      memory = itsMemory;
      try {
        entry();
      } catch (error) {
        if (!(error instanceof Exit)) throw error;
        if (error.code !== 0) throw new Error(`flite ended with code ${error.code}: ${complaints.join('').slice(0, 500)}`);
      }
    },
    output: () => file.subarray(0, length),
  };
}
