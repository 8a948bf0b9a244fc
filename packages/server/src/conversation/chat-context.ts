import { llm } from '@livekit/agents';
import { type ConversationSpec, type LanguageModelEndpoint, ReplyFailure } from '../core/conversation.ts';
import { type ContextBudget, type WindowMessage, windowHistory } from './history-window.ts';

/**
 * The context as one endpoint gets it, cut by `windowHistory`; the given one when it fits whole.
 * Throws `ReplyFailure` `provider-failed` when the instructions and the newest message alone are too long.
 */
export function fitContext(context: llm.ChatContext, endpoint: ContextBudget & { model: string }): llm.ChatContext {
  const messages = context.items.map(asWindowMessage);
  const window = windowHistory(messages, endpoint);
  if (!window.fits) {
    const { neededTokens, availableTokens } = window;
    throw new ReplyFailure(
      'provider-failed',
      `The agent's instructions and the newest message take about ${neededTokens} tokens, but ${endpoint.model} has room for ${availableTokens}`,
    );
  }
  if (window.from === 0 || messages.findIndex((message) => message.role !== 'system') >= window.from) return context;
  return new llm.ChatContext(context.items.filter((_, index) => index >= window.from || messages[index]?.role === 'system'));
}

/**
 * A context that the framework does not write into its traces. It would spell out the whole history for a span at every
 * reply, also when nobody traces: half of what a text turn costs at fifty messages. And what people say is not for traces.
 */
export class UntracedContext extends llm.ChatContext {
  override copy(options: Parameters<llm.ChatContext['copy']>[0] = {}): llm.ChatContext {
    return new UntracedContext(super.copy(options).items);
  }

  override toJSON(): ReturnType<llm.ChatContext['toJSON']> {
    return { items: [] };
  }
}

/** The history of a spec as the framework keeps it: not more than the largest window of its models, empty messages left out. */
export function restoreContext(spec: Pick<ConversationSpec, 'instructions' | 'history' | 'models'>): llm.ChatContext {
  const said = spec.history.filter((message) => message.content !== '');
  const system: WindowMessage = { role: 'system', text: spec.instructions };
  const window = windowHistory(
    [system, ...said.map(({ role, content }) => ({ role, text: content }) as const)],
    largestBudget(spec.models),
  );
  const kept = window.fits ? said.slice(Math.max(0, window.from - 1)) : [];
  // The framework sorts by time: a clock that was put back must not change the order.
  let latest = 0;
  const now = Date.now();
  return new llm.ChatContext(
    kept.map(({ id, role, content, interrupted, createdAt }) => {
      latest = Math.min(now, Math.max(latest, createdAt));
      return llm.ChatMessage.create({ ...itemId(id), role, content, interrupted, createdAt: latest });
    }),
  );
}

/** The id under which the framework keeps one of our messages. */
export function itemId(messageId: number | undefined): { id?: string } {
  return messageId === undefined ? {} : { id: `message-${messageId}` };
}

/** The model that takes in most, or an empty budget without any model. */
export function largestBudget(models: readonly LanguageModelEndpoint[]): ContextBudget & { model: string } {
  const [first, ...others] = models;
  if (!first) return { contextTokens: 0, model: 'none' };
  return others.reduce((largest, model) => (model.contextTokens > largest.contextTokens ? model : largest), first);
}

/** Calls, hand-overs and the like: LiveKit's items that are no message. They stay or go with the turn they belong to. */
function asWindowMessage(item: llm.ChatItem): WindowMessage {
  switch (item.type) {
    case 'message':
      return { role: item.role === 'developer' ? 'system' : item.role, text: item.textContent ?? '' };
    case 'function_call':
      return { role: 'tool', text: item.name + item.args };
    case 'function_call_output':
      return { role: 'tool', text: item.output };
    default:
      return { role: 'tool', text: '' };
  }
}
