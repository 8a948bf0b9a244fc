import { setTimeout as pause } from 'node:timers/promises';

/** Waits for a condition to hold, looking every few milliseconds; says what it waited for in vain. */
export async function until<T>(what: string, condition: () => T | Promise<T>, withinMs = 20_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}`);
    await pause(10);
  }
}
