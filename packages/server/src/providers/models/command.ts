import { type CatalogueEntry, defaultSet, loadCatalogue, nearestName } from './catalogue.ts';
import { describe, ModelError } from './model-error.ts';
import { createModelStore, type ModelStatus, type ModelStore } from './model-store.ts';
import type { PipOptions } from './pip-registry.ts';
import { describeStatus, type ProgressStream, showProgress } from './progress.ts';

/** What the command needs of the configuration. */
export interface ModelSettings {
  modelsDir: string;
  /** Folders of the user in which files are looked for first. */
  folders: readonly string[];
  catalogue?: readonly CatalogueEntry[];
  pip?: Partial<PipOptions>;
}

/** Where the command writes, and what tells it to stop (Ctrl-C). */
export interface ModelsIo {
  stdout: ProgressStream;
  stderr: NodeJS.WritableStream;
  signal: AbortSignal;
}

const VERBS = ['list', 'pull', 'verify', 'remove'] as const;
type Verb = (typeof VERBS)[number];

const USAGE = `npm run models -- list             every model of the catalogue, and how it stands here
npm run models -- pull [name …]    fetches models (by default all that a server without settings uses)
npm run models -- verify [name …]  checks the files of models (by default of every one that is here)
npm run models -- remove name …    deletes the files of models
`;

const OK = 0;
const FAILED = 1;
const MISUSED = 2;
/** What a shell reports for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * `npm run models -- list|pull|verify|remove [name …]`. `argv` begins with the verb.
 * Resolves with the exit code: 0 done, 1 failed, 2 called wrongly, 130 interrupted; never rejects for what a user can mend.
 */
export async function runModelsCommand(argv: readonly string[], settings: ModelSettings, io: ModelsIo): Promise<number> {
  const [word = 'list', ...names] = argv;
  const verb = VERBS.find((each) => each === word);
  if (['help', '--help', '-h'].includes(word)) return say(io.stdout, USAGE, OK);
  if (!verb) return say(io.stderr, `There is no such command: ${argv.join(' ')}\n\n${USAGE}`, MISUSED);

  const store = createModelStore({
    catalogue: settings.catalogue ?? loadCatalogue(),
    modelsDir: settings.modelsDir,
    folders: settings.folders,
    ...(settings.pip ? { pip: settings.pip } : {}),
    onSourceFailed: (model, source, problem) => io.stderr.write(`${model}: ${source}: ${problem}\n`),
  });
  const unknown = names.find((name) => !store.catalogue.some((entry) => entry.name === name));
  if (unknown !== undefined) {
    const nearest = nearestName(store.catalogue, unknown);
    const hint = nearest ? `Did you mean ${nearest}?` : 'See: npm run models -- list';
    return say(io.stderr, `There is no model ${unknown} in the catalogue. ${hint}\n`, MISUSED);
  }
  try {
    return await COMMANDS[verb](store, names, io);
  } catch (error) {
    if (io.signal.aborted) return INTERRUPTED;
    if (error instanceof ModelError) return say(io.stderr, `${describe(error)}\n`, FAILED);
    throw error;
  }
}

const COMMANDS: Record<Verb, (store: ModelStore, names: readonly string[], io: ModelsIo) => Promise<number>> = {
  async list(store, _names, io) {
    return say(io.stdout, `${table(store.list())}\nModels folder: ${store.modelsDir}\n`, OK);
  },

  async pull(store, names, io) {
    const display = showProgress(store, io.stdout);
    const paths: string[] = [];
    try {
      for (const name of names.length > 0 ? names : defaultSet(store.catalogue)) {
        const path = await store.ensure(name, { signal: io.signal }).catch((error: unknown) => {
          if (io.signal.aborted) say(io.stderr, `${name}: ${describeStatus(store.find(name))}\n`, INTERRUPTED);
          throw error;
        });
        paths.push(`${name} is here: ${path}\n`);
      }
      return OK;
    } finally {
      display.stop();
      io.stdout.write(paths.join(''));
    }
  },

  async verify(store, named, io) {
    const here = store.list().flatMap((model) => (model.received_bytes > 0 ? [model.name] : []));
    const names = named.length > 0 ? named : here;
    let code = OK;
    for (const each of names) {
      const problems = await store.verify(each, { signal: io.signal });
      if (problems.length === 0) say(io.stdout, `${each}: all files are as they should be\n`, OK);
      else code = say(io.stderr, `${each}: ${problems.join('; ')}. Mend it with: npm run models -- pull ${each}\n`, FAILED);
    }
    return names.length > 0 ? code : say(io.stdout, 'There are no models here yet. Fetch one with: npm run models -- pull\n', OK);
  },

  async remove(store, names, io) {
    if (names.length === 0) return say(io.stderr, `Which model? ${USAGE}`, MISUSED);
    for (const name of names) {
      const { received_bytes: bytes } = store.find(name);
      await store.remove(name);
      io.stdout.write(bytes > 0 ? `${name} is removed (${(bytes / 1e6).toFixed(1)} MB)\n` : `${name} was not here\n`);
    }
    return OK;
  },
};

function table(models: readonly ModelStatus[]): string {
  const rows = models.map((model) => [
    model.name,
    model.task,
    `${(model.size_bytes / 1e6).toFixed(0)} MB`,
    model.licence.name,
    model.languages.join(','),
    describeStatus(model),
  ]);
  const all = [['NAME', 'TASK', 'SIZE', 'LICENCE', 'LANGUAGES', 'STATE'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function say(stream: NodeJS.WritableStream, text: string, code: number): number {
  stream.write(text);
  return code;
}
