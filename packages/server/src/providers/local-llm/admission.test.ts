import { describe, expect, it } from 'vitest';
import { createAdmission, ModelBusyError } from './admission.ts';

const never = new AbortController().signal;

describe('admission to the model', () => {
  it('lets some run, some wait in order, and turns the rest away', async () => {
    const admission = createAdmission({ running: 1, waiting: 2 });
    const order: string[] = [];
    const leave = await admission.enter(never);
    const second = admission.enter(never).then((next) => {
      order.push('second');
      return next;
    });
    const third = admission.enter(never).then((next) => {
      order.push('third');
      return next;
    });
    await expect(admission.enter(never)).rejects.toThrow(ModelBusyError);
    expect(admission.length()).toEqual({ running: 1, waiting: 2 });
    leave();
    leave(); // Twice is once.
    (await second)();
    (await third)();
    expect(order).toEqual(['second', 'third']);
    expect(admission.length()).toEqual({ running: 0, waiting: 0 });
  });

  it('forgets one that gives up while it waits', async () => {
    const admission = createAdmission({ running: 1, waiting: 1 });
    const leave = await admission.enter(never);
    const stop = new AbortController();
    const waiting = admission.enter(stop.signal);
    stop.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    leave();
    expect(admission.length()).toEqual({ running: 0, waiting: 0 });
  });
});
