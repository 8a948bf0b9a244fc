import { type CatalogueEntry, defaultsOf, loadCatalogue, nearestName } from './catalogue.ts';
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
npm run models -- pull [name]      fetches a model (by default the default language model)
npm run models -- verify [name]    checks the files of a model (by default of every one that is here)
npm run models -- remove name      deletes the files of a model
`;

const OK = 0;
const FAILED = 1;
const MISUSED = 2;
/** What a shell reports for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * `npm run models -- list|pull|verify|remove [name]`. `argv` begins with the verb.
 * Resolves with the exit code: 0 done, 1 failed, 2 called wrongly, 130 interrupted; never rejects for what a user can mend.
 */
export async function runModelsCommand(argv: readonly string[], settings: ModelSettings, io: ModelsIo): Promise<number> {
  const [word = 'list', name, ...rest] = argv;
  const verb = VERBS.find((each) => each === word);
  if (['help', '--help', '-h'].includes(word)) return say(io.stdout, USAGE, OK);
  if (!verb || rest.length > 0) return say(io.stderr, `There is no such command: ${argv.join(' ')}\n\n${USAGE}`, MISUSED);

  const store = createModelStore({
    catalogue: settings.catalogue ?? loadCatalogue(),
    modelsDir: settings.modelsDir,
    folders: settings.folders,
    ...(settings.pip ? { pip: settings.pip } : {}),
    onSourceFailed: (model, source, problem) => io.stderr.write(`${model}: ${source}: ${problem}\n`),
  });
  if (name !== undefined && !store.catalogue.some((entry) => entry.name === name)) {
    const nearest = nearestName(store.catalogue, name);
    const hint = nearest ? `Did you mean ${nearest}?` : 'See: npm run models -- list';
    return say(io.stderr, `There is no model ${name} in the catalogue. ${hint}\n`, MISUSED);
  }
  try {
    return await COMMANDS[verb](store, name, io);
  } catch (error) {
    if (io.signal.aborted) return INTERRUPTED;
    if (error instanceof ModelError) return say(io.stderr, `${describe(error)}\n`, FAILED);
    throw error;
  }
}

const COMMANDS: Record<Verb, (store: ModelStore, name: string | undefined, io: ModelsIo) => Promise<number>> = {
  async list(store, _name, io) {
    return say(io.stdout, `${table(store.list())}\nModels folder: ${store.modelsDir}\n`, OK);
  },

  async pull(store, name, io) {
    const wanted = name ?? defaultModel(store);
    const display = showProgress(store, io.stdout);
    try {
      const path = await store.ensure(wanted, { signal: io.signal });
      display.stop();
      return say(io.stdout, `${wanted} is here: ${path}\n`, OK);
    } catch (error) {
      display.stop();
      if (io.signal.aborted) say(io.stderr, `${wanted}: ${describeStatus(store.find(wanted))}\n`, INTERRUPTED);
      throw error;
    }
  },

  async verify(store, name, io) {
    const names = name === undefined ? store.list().flatMap((model) => (model.received_bytes > 0 ? [model.name] : [])) : [name];
    let code = OK;
    for (const each of names) {
      const problems = await store.verify(each, { signal: io.signal });
      if (problems.length === 0) say(io.stdout, `${each}: all files are as they should be\n`, OK);
      else code = say(io.stderr, `${each}: ${problems.join('; ')}. Mend it with: npm run models -- pull ${each}\n`, FAILED);
    }
    return names.length > 0 ? code : say(io.stdout, 'There are no models here yet. Fetch one with: npm run models -- pull\n', OK);
  },

  async remove(store, name, io) {
    if (name === undefined) return say(io.stderr, `Which model? ${USAGE}`, MISUSED);
    const { received_bytes: bytes } = store.find(name);
    await store.remove(name);
    return say(io.stdout, bytes > 0 ? `${name} is removed (${(bytes / 1e6).toFixed(1)} MB)\n` : `${name} was not here\n`, OK);
  },
};

function defaultModel(store: ModelStore): string {
  const [first] = defaultsOf(store.catalogue, 'llm');
  if (!first) throw new ModelError('unknown-model', 'The catalogue has no default language model; name one');
  return first.name;
}

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
