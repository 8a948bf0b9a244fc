import { setTimeout as delay } from 'node:timers/promises';
import { llm } from '@livekit/agents';
import { type LanguageModelEndpoint, ReplyFailure } from '../../core/conversation.ts';
import { describeFailure, type EndpointFailure } from './endpoint-failure.ts';
import type { CallWatch, CreateLanguageModel } from './language-model.ts';

/** One failed call, for logs and metrics. It holds no word of a conversation and no key. */
export interface FailureReport {
  provider: string;
  model: string;
  kind: EndpointFailure['kind'];
  status?: number;
  /** From the start of the call to its failure. */
  ms: number;
  /** Whether words of the reply were out already: then no other provider is asked. */
  afterFirstToken: boolean;
  /** What happens next. */
  next: 'retry' | 'next-endpoint' | 'give-up';
}

/** How one reply came out. An aborted reply has none. */
export type ReplyOutcome =
  | { type: 'answered'; endpoint: LanguageModelEndpoint }
  | { type: 'failed'; code: ReplyFailure['code']; message: string };

export interface FallbackOptions {
  /** In the order in which they are tried. */
  endpoints: readonly LanguageModelEndpoint[];
  create: CreateLanguageModel;
  /** Cuts the context to what an endpoint takes in. Throws `ReplyFailure` when nothing can be cut any more. */
  fit: (context: llm.ChatContext, endpoint: LanguageModelEndpoint) => llm.ChatContext;
  /** The endpoint that is being asked, before every call. */
  onEndpoint?: (endpoint: LanguageModelEndpoint) => void;
  /** Once for every reply that was not aborted, before its stream ends. */
  onOutcome: (outcome: ReplyOutcome) => void;
  report: (failure: FailureReport) => void;
  /** 0..1; replaces chance in the length of the pauses between retries (for tests). */
  random?: () => number;
}

const MAX_RETRIES_PER_ENDPOINT = 2;
const FIRST_PAUSE_MS = 300;
/** A provider that asks for more is left for the next one. */
const MAX_PAUSE_MS = 5_000;
/** Of all pauses of one reply together: somebody is waiting. */
const MAX_PAUSES_MS = 10_000;

/**
 * The language model of a conversation: asks its endpoints one after the other until one speaks. It exists because the
 * framework's own adapter never leaves a provider that hangs (`findings/conversation-core.md`, section 4).
 * An endpoint is left when its first token is late, when it refuses, or when it fails and two retries did not help;
 * only 429, 5xx and connection errors are retried. After the first token nobody else is asked: what was said is said, and a
 * death or a stall from there on ends the reply as failed. It never throws into the framework.
 */
export class FallbackLanguageModel extends llm.LLM {
  readonly options: FallbackOptions;
  readonly #streams = new Set<llm.LLMStream>();

  constructor(options: FallbackOptions) {
    super();
    this.options = options;
  }

  /**
   * Ends every reply under way, and its request, at once. After an interruption the framework does so itself, but only
   * when the next token comes, or after 4 s when none does (`forwardSegment` waits twice for the text it is to forward).
   */
  hangUp(): void {
    for (const stream of this.#streams) stream.close();
  }

  override label(): string {
    return 'visavis.FallbackLanguageModel';
  }

  override chat(request: Parameters<llm.LLM['chat']>[0]): llm.LLMStream {
    const stream: FallbackStream = new FallbackStream(this.options, this, request, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }
}

type Attempt = { type: 'done' } | { type: 'aborted' } | { type: 'failed'; tokens: number; failure: EndpointFailure };

class FallbackStream extends llm.LLMStream {
  readonly #options: FallbackOptions;
  readonly #request: Parameters<llm.LLM['chat']>[0];
  readonly #onDone: () => void;
  readonly #work: Promise<void>;

  constructor(options: FallbackOptions, model: llm.LLM, request: Parameters<llm.LLM['chat']>[0], onDone: () => void) {
    super(model, {
      // Only for the framework's traces, which would copy the whole of it: the call's own stream does so already.
      chatCtx: llm.ChatContext.empty(),
      ...(request.toolCtx === undefined ? {} : { toolCtx: request.toolCtx }),
      connOptions: { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 0 },
    });
    this.#options = options;
    this.#request = request;
    this.#onDone = onDone;
    this.#work = this.#answer();
  }

  /** The framework calls this a timer tick later; the request is under way by then, a millisecond earlier. */
  protected override run(): Promise<void> {
    return this.#work;
  }

  async #answer(): Promise<void> {
    try {
      const outcome = await this.#ask();
      if (outcome) this.#options.onOutcome(outcome);
    } catch {
      // A bug of ours; the framework would swallow it and the reply would look empty.
      this.#options.onOutcome({ type: 'failed', code: 'provider-failed', message: 'The reply could not be made' });
    } finally {
      this.#onDone();
    }
  }

  async #ask(): Promise<ReplyOutcome | undefined> {
    const { endpoints } = this.#options;
    const failures: EndpointFailure[] = [];
    let pausesLeftMs = MAX_PAUSES_MS;
    for (const [index, endpoint] of endpoints.entries()) {
      const leave = index + 1 < endpoints.length ? 'next-endpoint' : 'give-up';
      for (let retries = 0; ; retries++) {
        const startedAt = performance.now();
        const attempt = await this.#attempt(endpoint);
        if (attempt.type === 'aborted') return undefined;
        if (attempt.type === 'done') return { type: 'answered', endpoint };
        const { failure, tokens } = attempt;
        const pauseMs = this.#pauseBefore(retries, failure);
        const retry = tokens === 0 && pauseMs !== undefined && pauseMs <= pausesLeftMs;
        this.#report(endpoint, attempt, startedAt, tokens > 0 ? 'give-up' : retry ? 'retry' : leave);
        if (tokens > 0) {
          return {
            type: 'failed',
            code: 'provider-failed',
            message: `The language model stopped in the middle of its reply (${failure.kind})`,
          };
        }
        if (!retry) {
          failures.push(failure);
          break;
        }
        pausesLeftMs -= pauseMs;
        await delay(pauseMs, undefined, { signal: this.abortController.signal }).catch(() => {});
        if (this.abortController.signal.aborted) return undefined;
      }
    }
    return failedOutcome(failures);
  }

  /** How long to wait before the same endpoint is asked again, in ms; `undefined` if it is not worth it. */
  #pauseBefore(retries: number, failure: EndpointFailure): number | undefined {
    if (!failure.retryable || retries >= MAX_RETRIES_PER_ENDPOINT) return undefined;
    const random = (this.#options.random ?? Math.random)();
    // Full jitter over the upper half, so that conversations that failed together do not come back together.
    const pauseMs = failure.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** retries * (0.5 + random / 2);
    return pauseMs <= MAX_PAUSE_MS ? pauseMs : undefined;
  }

  async #attempt(endpoint: LanguageModelEndpoint): Promise<Attempt> {
    const { signal } = this.abortController;
    const { create, fit, onEndpoint } = this.#options;
    if (signal.aborted) return { type: 'aborted' };
    onEndpoint?.(endpoint);
    let tokens = 0;
    let late = false;
    let error: unknown;
    let timer: NodeJS.Timeout | undefined;
    let stream: llm.LLMStream | undefined;
    const close = () => stream?.close();
    const expire = () => {
      late = true;
      close();
    };
    let progressed = false;
    const watch: CallWatch = {
      finished: false,
      onProgress() {
        if (progressed) {
          timer?.refresh();
          return;
        }
        progressed = true;
        clearTimeout(timer);
        timer = setTimeout(expire, endpoint.nextTokenTimeoutMs);
      },
    };
    try {
      const chatCtx = fit(this.#request.chatCtx, endpoint);
      const model = create(endpoint, watch);
      // A model of the framework that throws ends its stream without a word: this event is all there is.
      model.on('error', (event) => {
        error = event.error;
      });
      timer = setTimeout(expire, endpoint.firstTokenTimeoutMs);
      stream = model.chat({
        ...this.#request,
        chatCtx,
        // The client's own limit is until the headers; ours is stricter.
        connOptions: { maxRetry: 0, retryIntervalMs: 0, timeoutMs: endpoint.firstTokenTimeoutMs + 1_000 },
      });
      signal.addEventListener('abort', close, { once: true });
      for await (const chunk of stream) {
        if (llm.hasResponse(chunk)) {
          tokens++;
          watch.onProgress();
        }
        this.queue.put(chunk);
      }
    } catch (thrown) {
      error = thrown;
      close();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', close);
    }
    if (signal.aborted) return { type: 'aborted' };
    const cause = watch.error ?? error;
    if (!late && cause === undefined && tokens > 0 && watch.finished) return { type: 'done' };
    return { type: 'failed', tokens, failure: failureOf(cause, { late, tokens, endpoint }) };
  }

  #report(
    endpoint: LanguageModelEndpoint,
    attempt: Attempt & { type: 'failed' },
    startedAt: number,
    next: FailureReport['next'],
  ): void {
    const { kind, status } = attempt.failure;
    this.#options.report({
      provider: endpoint.provider,
      model: endpoint.model,
      kind,
      ...(status === undefined ? {} : { status }),
      ms: performance.now() - startedAt,
      afterFirstToken: attempt.tokens > 0,
      next,
    });
  }
}

function failureOf(
  cause: unknown,
  { late, tokens, endpoint }: { late: boolean; tokens: number; endpoint: LanguageModelEndpoint },
): EndpointFailure {
  if (late) {
    const limitMs = tokens > 0 ? endpoint.nextTokenTimeoutMs : endpoint.firstTokenTimeoutMs;
    return { kind: 'timeout', retryable: false, detail: `No token within ${limitMs} ms` };
  }
  if (cause instanceof ReplyFailure) return { kind: 'too-long', retryable: false, detail: cause.message };
  if (cause !== undefined) return describeFailure(cause, endpoint.apiKey);
  return {
    kind: 'bad-answer',
    retryable: false,
    detail: tokens > 0 ? 'The answer ended without a reason' : 'The answer was empty',
  };
}

/** What the caller is told when nobody spoke. */
function failedOutcome(failures: readonly EndpointFailure[]): ReplyOutcome {
  const kinds = failures.map((failure) => failure.kind);
  if (kinds.includes('loading') || kinds.includes('busy')) {
    return {
      type: 'failed',
      code: 'language-model-loading',
      message: 'The language model is being loaded or has too much to do',
    };
  }
  const tooLong = failures.find((failure) => failure.kind === 'too-long');
  if (tooLong && kinds.every((kind) => kind === 'too-long'))
    return { type: 'failed', code: 'provider-failed', message: tooLong.detail };
  return {
    type: 'failed',
    code: 'provider-unavailable',
    message: `No language model answered (${kinds.join(', ') || 'none is configured'})`,
  };
}
