import type { llm } from '@livekit/agents';
import { describe, expect, it } from 'vitest';
import type { HistoryMessage, LanguageModelEndpoint } from '../core/conversation.ts';
import { fitContext, restoreContext, UntracedContext } from './chat-context.ts';

const model = (contextTokens: number): LanguageModelEndpoint => ({
  provider: 'p',
  model: `m${contextTokens}`,
  baseUrl: 'http://127.0.0.1/v1',
  contextTokens,
  privateNetwork: true,
  firstTokenTimeoutMs: 1,
  nextTokenTimeoutMs: 1,
});
const said = (count: number): HistoryMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${index} ${'word '.repeat(30)}`,
    interrupted: index === 1,
    createdAt: index,
  }));
const texts = (context: llm.ChatContext) =>
  context.items.map((item) => (item.type === 'message' ? Number.parseInt(item.textContent ?? '', 10) : item.type));

describe('a restored context', () => {
  it('holds no more of a long history than the largest model takes in, beginning with a question', () => {
    const context = restoreContext({ instructions: 'Be brief.', history: said(1_000), models: [model(2_000), model(4_000)] });
    const numbers = texts(context);
    expect(numbers.at(-1)).toBe(999);
    expect(Number(numbers[0]) % 2).toBe(0);
    expect(numbers.length).toBeGreaterThan(30);
    expect(numbers.length).toBeLessThan(100);
    expect(fitContext(context, model(4_000))).toBe(context);
    expect(texts(fitContext(context, model(2_000))).length).toBeLessThan(numbers.length);
  });

  it('keeps when something was said and whether it was cut short', () => {
    const [, answer] = restoreContext({ instructions: '', history: said(2), models: [model(4_000)] }).items;
    expect(answer).toMatchObject({ role: 'assistant', interrupted: true, createdAt: 1 });
  });

  it('is empty when not even the newest turn fits', () => {
    expect(restoreContext({ instructions: '', history: said(2), models: [model(520)] }).items).toEqual([]);
  });
});

describe('an untraced context', () => {
  it('holds everything, its copies too, and shows nothing', () => {
    const context = new UntracedContext(
      restoreContext({ instructions: '', history: said(4), models: [model(4_000)] }).items,
    ).copy();
    expect(texts(context)).toEqual([0, 1, 2, 3]);
    expect(JSON.stringify(context.toJSON())).toBe('{"items":[]}');
  });
});
