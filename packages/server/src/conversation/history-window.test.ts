import { describe, expect, it } from 'vitest';
import { availableTokens, estimateTokens, type WindowMessage, windowHistory } from './history-window.ts';

const system: WindowMessage = { role: 'system', text: 'You are the voice of a museum.' };
const greeting: WindowMessage = { role: 'assistant', text: 'Welcome to the museum!' };
const word = 'word '.repeat(20);
const turns = (count: number): WindowMessage[] =>
  Array.from({ length: count }, (_, index) => [
    { role: 'user', text: `question ${index} ${word}` } as const,
    { role: 'assistant', text: `answer ${index} ${word}` } as const,
  ]).flat();
/** A budget that leaves so many tokens for instructions and history. */
const budget = (tokens: number) => ({ contextTokens: Math.ceil((tokens + 100) / 0.95), maxTokens: 100 });
const kept = (messages: WindowMessage[], tokens: number) => {
  const window = windowHistory(messages, budget(tokens));
  return window.fits ? messages.slice(window.from).map((message) => message.text.slice(0, 10)) : 'too long';
};

describe('the window on a history', () => {
  it('is the whole of it when it fits, the greeting first', () => {
    const messages = [system, greeting, ...turns(3)];
    expect(windowHistory(messages, budget(1_000))).toEqual({ fits: true, from: 1 });
  });

  it('drops the greeting first, then the oldest turns, and never begins with an answer', () => {
    const messages = [system, greeting, ...turns(10), { role: 'user', text: 'and now?' } as const];
    for (let tokens = 60; tokens < 1_000; tokens += 7) {
      const window = windowHistory(messages, budget(tokens));
      if (!window.fits) throw new Error(`nothing fits into ${tokens}`);
      expect(['user', greeting.text]).toContain(window.from === 1 ? messages[1]?.text : messages[window.from]?.role);
      const used = [system, ...messages.slice(window.from)].reduce((sum, message) => sum + estimateTokens(message.text) + 5, 0);
      expect(used).toBeLessThanOrEqual(availableTokens(budget(tokens)));
    }
  });

  it('keeps more the more there is room, and the newest always', () => {
    const messages = [system, ...turns(5), { role: 'user', text: 'and now?' } as const];
    expect(kept(messages, 60)).toEqual(['and now?']);
    expect(kept(messages, 150)).toEqual(['question 4', 'answer 4 w', 'and now?']);
  });

  it('keeps what tools said together with the question they were asked for', () => {
    const messages: WindowMessage[] = [
      system,
      ...turns(2),
      { role: 'user', text: 'time?' },
      { role: 'tool', text: word },
      { role: 'tool', text: '12:00' },
    ];
    expect(kept(messages, 80)).toEqual(['time?', 'word word ', '12:00']);
  });

  it('does not fit when the instructions and the newest message alone are too long', () => {
    const long: WindowMessage = { role: 'system', text: word.repeat(50) };
    expect(windowHistory([long, { role: 'user', text: 'hello' }], budget(200))).toMatchObject({
      fits: false,
      availableTokens: 200,
    });
    expect(windowHistory([long], budget(200))).toMatchObject({ fits: false });
    expect(windowHistory([system, { role: 'user', text: word.repeat(50) }], budget(200))).toMatchObject({ fits: false });
  });

  it('leaves room for 512 tokens of an answer that nobody limits', () => {
    expect(availableTokens({ contextTokens: 2_000 })).toBe(1_900 - 512);
  });
});

describe('the estimate of tokens', () => {
  // Counted with cl100k_base, the least frugal of OpenAI's two, by gpt-tokenizer 3.
  it.each([
    [
      'English',
      49,
      'We open at nine in the morning on Sunday, and the museum shop closes half an hour before the exhibition does. Tickets can be returned until the day before your visit; please bring the receipt. Do you need a wheelchair or a parking space?',
    ],
    [
      'Russian',
      79,
      'Мы открываемся в девять утра по воскресеньям, а магазин музея закрывается за полчаса до выставки. Билеты можно вернуть за день до визита; пожалуйста, возьмите чек.',
    ],
    [
      'Chinese',
      68,
      '我们星期天早上九点开门,博物馆商店在展览结束前半小时关门。门票可以在参观前一天退还;请携带收据。您需要轮椅或停车位吗?',
    ],
    ['Hindi', 101, 'हम रविवार को सुबह नौ बजे खुलते हैं, और संग्रहालय की दुकान प्रदर्शनी से आधे घंटे पहले बंद हो जाती है।'],
    [
      'JSON',
      50,
      '{"opening":{"sunday":["09:00","17:30"],"monday":null},"prices":[{"name":"adult","eur":12.5},{"name":"child","eur":6}],"id":"a81f-77c2"}',
    ],
  ])('is not below the count for %s', (_language, counted, text) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(counted);
    expect(estimateTokens(text)).toBeLessThan(counted * 2.6);
  });
});
