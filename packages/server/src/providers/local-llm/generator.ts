import { availableParallelism } from 'node:os';
import {
  type ChatHistoryItem,
  type ChatWrapper,
  getLlama,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
  resolveChatWrapper,
  type Token,
} from 'node-llama-cpp';
import { createTextGate } from './text-gate.ts';

/** One message of a chat. */
export interface ChatTurn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** How the next token is chosen. */
export interface Sampling {
  /** 0 always takes the likeliest. */
  temperature: number;
  topP: number;
  /** Tokens less likely than this share of the likeliest are never taken. */
  minP: number;
  /** Above 1 makes tokens of the last 64 less likely. */
  repeatPenalty: number;
  seed?: number;
}

export interface GenerateRequest {
  messages: readonly ChatTurn[];
  sampling: Sampling;
  /** At most as many as fit into the context. */
  maxTokens: number;
  stop: readonly string[];
}

export interface Generation {
  finishReason: 'stop' | 'length';
  promptTokens: number;
  /** Tokens of the prompt that were still evaluated from an earlier request. */
  cachedTokens: number;
  completionTokens: number;
}

/** The messages do not fit into the model's context. */
export class ContextOverflowError extends Error {
  constructor(promptTokens: number, contextTokens: number) {
    super(
      `The messages have ${promptTokens} tokens; the model takes ${contextTokens}, its answer included. Send fewer or shorter ones`,
    );
    this.name = 'ContextOverflowError';
  }
}

/** A loaded model. Answers at most `parallel` requests at a time; the caller sees to that. */
export interface Generator {
  readonly contextTokens: number;
  /**
   * Generates the next message. Aborting ends it within a token, or within a slice of the prompt.
   * @throws ContextOverflowError, or the signal's reason.
   */
  generate(request: GenerateRequest, options: { signal: AbortSignal; onText(text: string): void }): Promise<Generation>;
  dispose(): Promise<void>;
}

export interface GeneratorOptions {
  modelPath: string;
  contextTokens: number;
  parallel: number;
  /** CPU threads; see `defaultThreads`. */
  threads?: number;
  /** 0..1, while the weights are read. */
  onLoadProgress?(progress: number): void;
}

/** Room that is always left for an answer. */
const SHORTEST_ANSWER_TOKENS = 32;
/** A prompt is evaluated in slices of this many tokens (0.2 to 0.8 s each on two cores): between them an abort is noticed. */
const SLICE_TOKENS = 128;
const PENALTY_WINDOW_TOKENS = 64;

/** A sequence of the context: the tokens of one conversation, evaluated. */
interface Slot {
  sequence: LlamaContextSequence;
  busy: boolean;
  lastUsed: number;
  /** What is being read for later requests (`maxTokens` 1), and when that is done. */
  reading: { tokens: readonly Token[]; done: Promise<void> } | undefined;
}

/**
 * Half of the cores, at most 4. llama.cpp's threads wait for each other by spinning, many times a token: on cores they do not have to
 * themselves, more threads are slower (measured on 2 cores, SmolLM2: 131 tokens/s with one thread, 35 with two, 0.3 with four, which is
 * what the library takes by itself), and the server needs cores too.
 */
export function defaultThreads(): number {
  return Math.min(Math.max(Math.floor(availableParallelism() / 2), 1), 4);
}

/** Loads a GGUF file with the prebuilt llama.cpp, on the CPU; never downloads or builds anything. */
export async function loadGenerator(options: GeneratorOptions): Promise<Generator> {
  const threads = options.threads ?? defaultThreads();
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    maxThreads: threads,
  });
  const model = await llama.loadModel({
    modelPath: options.modelPath,
    gpuLayers: 0,
    ...(options.onLoadProgress ? { onLoadProgress: options.onLoadProgress } : {}),
  });
  const context = await model.createContext({
    sequences: options.parallel,
    contextSize: Math.min(options.contextTokens, model.trainContextSize ?? options.contextTokens),
    batchSize: SLICE_TOKENS * 2,
    threads,
  });
  const slots: Slot[] = Array.from({ length: options.parallel }, () => ({
    sequence: context.getSequence(),
    busy: false,
    lastUsed: 0,
    reading: undefined,
  }));
  const wrapper = resolveChatWrapper(model, { warningLogs: false });
  let uses = 0;

  const generator: Generator = {
    contextTokens: context.contextSize,
    async generate(request, { signal, onText }) {
      signal.throwIfAborted();
      const prompt = promptTokens(model, wrapper, request.messages);
      const room = context.contextSize - prompt.tokens.length;
      if (room < SHORTEST_ANSWER_TOKENS) throw new ContextOverflowError(prompt.tokens.length, context.contextSize);
      await readByOthers(slots, prompt.tokens, signal);
      const slot = chooseSlot(slots, prompt.tokens);
      if (!slot) throw new Error('generate was called more often at a time than the model has sequences');
      slot.busy = true;
      slot.lastUsed = ++uses;
      let read = () => {};
      if (request.maxTokens === 1) {
        const done = new Promise<void>((resolve) => {
          read = resolve;
        });
        slot.reading = { tokens: prompt.tokens, done };
      }
      try {
        const cachedTokens = await evaluatePrompt(slot.sequence, prompt.tokens, signal);
        const limit = Math.min(request.maxTokens, room);
        const stops = [...prompt.stops, ...request.stop];
        const answer = await sample(
          slot.sequence,
          model,
          prompt.tokens,
          { ...request, maxTokens: limit, stop: stops },
          signal,
          onText,
        );
        return { ...answer, promptTokens: prompt.tokens.length, cachedTokens };
      } finally {
        slot.busy = false;
        slot.reading = undefined;
        read();
      }
    },
    dispose: () => llama.dispose(),
  };
  await warm(generator);
  return generator;
}

/** The first evaluation allocates buffers and pages the weights in; it is done before anybody waits for it. */
async function warm(generator: Generator): Promise<void> {
  const messages: ChatTurn[] = [{ role: 'user', content: 'Hello' }];
  const sampling = { temperature: 0, topP: 1, minP: 0, repeatPenalty: 1 };
  await generator.generate(
    { messages, sampling, maxTokens: 2, stop: [] },
    { signal: new AbortController().signal, onText: () => undefined },
  );
}

/** The chat as the model was trained to see it. What people wrote is tokenized as plain text: it cannot end a message. */
function promptTokens(
  model: LlamaModel,
  wrapper: ChatWrapper,
  messages: readonly ChatTurn[],
): { tokens: Token[]; stops: string[] } {
  const history: ChatHistoryItem[] = messages.map(({ role, content }) =>
    role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content },
  );
  const state = wrapper.generateContextState({ chatHistory: [...history, { type: 'model', response: [''] }] });
  const tokens = state.contextText.tokenize(model.tokenizer);
  // SmolLM2's BOS is its start-of-message token; the generic ChatML layout would put it there twice, which its training never did.
  if (tokens[0] === model.tokens.bos && tokens[1] === tokens[0]) tokens.shift();
  const stops = state.stopGenerationTriggers.map((trigger) => trigger.toString()).filter((text) => text !== '' && text !== 'EOS');
  return { tokens, stops };
}

/** Waits where a good part of the prompt is just being read for those that come: reading it twice at a time takes twice as long for both. */
async function readByOthers(slots: readonly Slot[], tokens: readonly Token[], signal: AbortSignal): Promise<void> {
  const reading = slots.find((slot) => {
    const differsAt = slot.reading?.tokens.findIndex((token, at) => token !== tokens[at]) ?? 0;
    return slot.reading && (differsAt < 0 || differsAt >= SLICE_TOKENS);
  });
  if (!reading?.reading) return;
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  signal.addEventListener('abort', stop);
  await Promise.race([reading.reading.done, stopped]);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
}

/** The free slot where the prompt saves most: evaluated tokens it shares with the prompt count for it, those it would lose twice against it. */
function chooseSlot(slots: readonly Slot[], tokens: Token[]): Slot | undefined {
  return slots
    .filter((slot) => !slot.busy)
    .map((slot) => {
      const shared = slot.sequence.compareContextTokens(tokens).firstDifferentIndex;
      return { slot, gain: shared - 2 * (slot.sequence.nextTokenIndex - shared) };
    })
    .sort((a, b) => b.gain - a.gain || a.slot.lastUsed - b.slot.lastUsed)[0]?.slot;
}

/**
 * Brings the sequence to the prompt without its last token; returns how many tokens were there already. Only an equal beginning is kept:
 * the library's own alignment also keeps equal tokens further back, which were evaluated after other people's words.
 */
async function evaluatePrompt(sequence: LlamaContextSequence, tokens: Token[], signal: AbortSignal): Promise<number> {
  const wanted = tokens.slice(0, -1);
  const shared = Math.min(sequence.compareContextTokens(wanted).firstDifferentIndex, wanted.length);
  if (sequence.nextTokenIndex > shared) {
    await sequence.eraseContextTokenRanges([{ start: shared, end: sequence.nextTokenIndex }]);
  }
  const cached = sequence.nextTokenIndex;
  for (let at = cached; at < wanted.length; at += SLICE_TOKENS) {
    signal.throwIfAborted();
    await sequence.evaluateWithoutGeneratingNewTokens(wanted.slice(at, at + SLICE_TOKENS));
  }
  signal.throwIfAborted();
  return cached;
}

async function sample(
  sequence: LlamaContextSequence,
  model: LlamaModel,
  prompt: readonly Token[],
  request: GenerateRequest,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<Pick<Generation, 'finishReason' | 'completionTokens'>> {
  const gate = createTextGate(request.stop);
  const generated: Token[] = [];
  let shown = 0;
  const { temperature, topP, minP, repeatPenalty, seed } = request.sampling;
  const tokens = sequence.evaluate(prompt.slice(-1), {
    temperature,
    topP,
    minP,
    ...(seed === undefined ? {} : { seed }),
    ...(repeatPenalty === 1
      ? {}
      : { repeatPenalty: { punishTokens: () => generated.slice(-PENALTY_WINDOW_TOKENS), penalty: repeatPenalty } }),
  });
  const emit = (text: string) => {
    if (text !== '') onText(text);
  };
  // The iterator ends by itself at an end-of-generation token.
  for await (const token of tokens) {
    signal.throwIfAborted();
    generated.push(token);
    const text = model.detokenize(generated.slice(shown), false, [...prompt.slice(-8), ...generated.slice(0, shown)].slice(-8));
    const limit = generated.length >= request.maxTokens;
    // Half a character: the rest of its bytes is in the next token.
    if (text.endsWith('\uFFFD') && !limit && generated.length - shown < 8) continue;
    shown = generated.length;
    emit(gate.push(text));
    if (gate.stopped()) return { finishReason: 'stop', completionTokens: generated.length };
    if (limit) {
      emit(gate.end());
      return { finishReason: 'length', completionTokens: generated.length };
    }
  }
  emit(gate.end());
  return { finishReason: 'stop', completionTokens: generated.length };
}
