import type { llm, voice } from '@livekit/agents';
import { type ConversationSpec, ReplyFailure } from '../core/conversation.ts';
import { fitContext, largestBudget } from './chat-context.ts';

/** What a model remembers of a conversation that runs: the history of its agent. */
export interface ModelHistory {
  /**
   * Puts a message in its place; one that is there already stays as it is. The framework forgets a message that is
   * interrupted before its turn has begun; it is part of the conversation all the same.
   */
  remember(message: llm.ChatMessage): Promise<void>;
  /** Takes a message out, to be asked again: it will stand at the end. */
  forget(id: string): Promise<void>;
  /** To be told how much was said: lets go of what no model will see again, because the framework copies its history for every turn. */
  trim(newCharacters: number): Promise<void>;
}

/** When the history holds this many characters for every token of the largest window, the framework's copy is cut. */
const KEPT_CHARACTERS_PER_TOKEN = 8;

export function modelHistory(
  agent: voice.Agent,
  session: voice.AgentSession,
  spec: Pick<ConversationSpec, 'models'>,
): ModelHistory {
  const budget = largestBudget(spec.models);
  const keptCharacters = budget.contextTokens * KEPT_CHARACTERS_PER_TOKEN;
  let characters = 0;
  return {
    async remember(message) {
      if (agent.chatCtx.getById(message.id)) return;
      const context = agent.chatCtx.copy();
      context.insert(message);
      await agent.updateChatCtx(context);
    },
    async forget(id) {
      if (!agent.chatCtx.getById(id)) return;
      const context = agent.chatCtx.copy();
      context.items = context.items.filter((item) => item.id !== id);
      await agent.updateChatCtx(context);
    },
    async trim(newCharacters) {
      characters += newCharacters;
      if (characters < keptCharacters) return;
      characters = 0;
      session.history.items = [];
      try {
        await agent.updateChatCtx(fitContext(agent.chatCtx, budget));
      } catch (error) {
        // Instructions that fit no model fail the next reply, with their reason.
        if (!(error instanceof ReplyFailure)) throw error;
      }
    },
  };
}
