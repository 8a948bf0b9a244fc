import { llm, voice } from '@livekit/agents';
import {
  type Conversation,
  type ConversationSpec,
  type LanguageModelEndpoint,
  ReplyFailure,
  type StartConversation,
} from '../core/conversation.ts';
import {
  type FailureReport,
  FallbackLanguageModel,
  type ReplyOutcome,
} from '../providers/openai-compatible/fallback-language-model.ts';
import type { CreateLanguageModel } from '../providers/openai-compatible/language-model.ts';
import { fitContext, itemId, restoreContext, UntracedContext } from './chat-context.ts';
import { modelHistory } from './model-history.ts';
import { createReplyStream, type ReplyStream } from './reply-stream.ts';
import { silenceFramework } from './silent-framework.ts';
import { withLimit } from './within-limit.ts';

/** What all conversations of a process share. */
export interface ConversationDeps {
  /** Builds the model for one call, usually `createLanguageModel` on shared connections. */
  createLanguageModel: CreateLanguageModel;
  /** Every failed call of a provider, for logs and metrics. */
  report: (sessionId: number, failure: FailureReport) => void;
}

/**
 * How conversations start: each is one text-only `AgentSession` of LiveKit Agents in this process, without a server.
 * A conversation stays usable after a `ReplyFailure`: the message that failed and what was said of its reply stay in
 * the model's history. When it is closed, the reply under way and those that wait end with `interrupted: true`.
 */
export function createStartConversation(deps: ConversationDeps): StartConversation {
  silenceFramework();
  return (spec) => startConversation(deps, spec);
}

/** A message and its reply. */
interface Turn {
  messageId: number | undefined;
  message: string;
  reply: ReplyStream;
  /** `performance.now()` when the message reached the conversation. */
  arrivedAt: number;
  firstTokenAt?: number;
  /** Asked last. */
  endpoint?: LanguageModelEndpoint;
  outcome?: ReplyOutcome;
  cancelled: boolean;
  /** Set while the reply is being made. */
  interrupt?: () => void;
}

/** The framework may wait for itself; nobody waits longer than this for it. */
const CLOSE_LIMIT_MS = 1_500;

async function startConversation(deps: ConversationDeps, spec: ConversationSpec): Promise<Conversation> {
  /** Being answered, first, and waiting. */
  const turns = new Set<Turn>();
  let current: Turn | undefined;
  const model = new FallbackLanguageModel({
    endpoints: spec.models,
    create: deps.createLanguageModel,
    fit: fitContext,
    onEndpoint(endpoint) {
      if (current) current.endpoint = endpoint;
    },
    onOutcome(outcome) {
      if (current) current.outcome = outcome;
    },
    report: (failure) => deps.report(spec.sessionId, failure),
  });
  const session = new voice.AgentSession({ llm: model, ...TEXT_ONLY });
  session.output.transcription = deltaOutput((text) => {
    if (!current) return;
    current.firstTokenAt ??= performance.now();
    current.reply.delta(text);
  });
  // An emitter without this listener throws; our model reports what fails by itself.
  session.on(voice.AgentSessionEventTypes.Error, () => {});
  const agent = new voice.Agent({ instructions: spec.instructions, chatCtx: restoreContext(spec) });
  await session.start({ agent, record: false });

  const history = modelHistory(agent, session, spec);
  let tail: Promise<void> = Promise.resolve();
  let closed: Promise<void> | undefined;

  async function answer(turn: Turn): Promise<void> {
    const message = llm.ChatMessage.create({ ...itemId(turn.messageId), role: 'user', content: turn.message });
    await history.forget(message.id);
    if (turn.cancelled) {
      if (!closed) await history.remember(message);
      return end(turn, spec, true);
    }
    const handle = session.generateReply({ userInput: message, chatCtx: new UntracedContext([...agent.chatCtx.items]) });
    turn.interrupt = () => {
      handle.interrupt();
      model.hangUp();
    };
    // Resolves after what was said has been put into the history.
    await handle.waitForPlayout();
    const { outcome, reply } = turn;
    if (outcome?.type === 'failed') throw new ReplyFailure(outcome.code, outcome.message, { partial: reply.content });
    if (!outcome && !handle.interrupted) throw new Error('The framework ended a reply without asking the model');
    if (handle.interrupted && !closed) await history.remember(message);
    end(turn, spec, handle.interrupted);
  }

  async function run(turn: Turn): Promise<void> {
    current = turn;
    try {
      await answer(turn);
      if (!closed) await history.trim(turn.message.length + turn.reply.content.length);
    } catch (error) {
      const partial = turn.reply.content;
      turn.reply.fail(
        error instanceof ReplyFailure
          ? error
          : new ReplyFailure('provider-failed', 'The reply could not be made', { partial, cause: error }),
      );
    } finally {
      current = undefined;
      turns.delete(turn);
    }
  }

  async function close(): Promise<void> {
    for (const turn of turns) cancel(turn);
    await withLimit(tail, CLOSE_LIMIT_MS / 2);
    await withLimit(session.close(), CLOSE_LIMIT_MS / 2);
    await model.aclose();
  }

  return {
    message(text, { messageId, signal }) {
      const abort = () => cancel(turn);
      const turn: Turn = {
        messageId,
        message: text,
        reply: createReplyStream(abort),
        arrivedAt: performance.now(),
        cancelled: signal.aborted || closed !== undefined,
      };
      turns.add(turn);
      signal.addEventListener('abort', abort, { once: true });
      tail = tail.then(() => run(turn)).finally(() => signal.removeEventListener('abort', abort));
      return turn.reply.events;
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** No ears, no voice, no clock: nothing of the framework runs between two messages. */
const TEXT_ONLY = {
  vad: null,
  turnHandling: { turnDetection: null, preemptiveGeneration: { enabled: false } },
  userAwayTimeout: null,
  aecWarmupDuration: null,
  ttsTextTransforms: null,
  // By default the fourth failed reply in a row would close the session.
  connOptions: { maxUnrecoverableErrors: Number.POSITIVE_INFINITY },
} satisfies ConstructorParameters<typeof voice.AgentSession>[0];

type TextOutput = NonNullable<voice.AgentSession['output']['transcription']>;

/** Where the framework puts the text of a reply, token by token. Its class for that is not exported; this is all it calls. */
function deltaOutput(onText: (text: string) => void): TextOutput {
  const output: Pick<TextOutput, 'captureText' | 'flush' | 'onAttached' | 'onDetached'> = {
    async captureText(text) {
      onText(typeof text === 'string' ? text : text.text);
    },
    flush() {},
    onAttached() {},
    onDetached() {},
  };
  return output as TextOutput;
}

function cancel(turn: Turn): void {
  turn.cancelled = true;
  turn.interrupt?.();
}

function end(turn: Turn, spec: ConversationSpec, interrupted: boolean): void {
  const now = performance.now();
  const endpoint = turn.endpoint ?? spec.models[0];
  turn.reply.end({
    type: 'end',
    content: turn.reply.content,
    interrupted,
    provider: endpoint?.provider ?? '',
    model: endpoint?.model ?? '',
    latency: { first_token: (turn.firstTokenAt ?? now) - turn.arrivedAt, total: now - turn.arrivedAt },
  });
}
