import { describe, expect, it } from 'vitest';
import { createTextGate } from './text-gate.ts';

describe('the text gate', () => {
  it('lets everything through at once when there is no stop text', () => {
    const gate = createTextGate([]);
    expect(gate.push('Hello')).toBe('Hello');
    expect(gate.end()).toBe('');
  });

  it('stops before a stop text that comes in pieces', () => {
    const gate = createTextGate(['\nUser:']);
    expect(gate.push('Fine.\n')).toBe('Fine.');
    expect(gate.push('Us')).toBe('');
    expect(gate.push('er: and')).toBe('');
    expect(gate.stopped()).toBe(true);
    expect(gate.push('more')).toBe('');
  });

  it('gives back what only looked like the beginning of one', () => {
    const gate = createTextGate(['STOP']);
    expect(gate.push('S')).toBe('');
    expect(gate.push('un')).toBe('Sun');
    expect(gate.push(' ST')).toBe(' ');
    expect(gate.end()).toBe('ST');
  });

  it('stops at the first of several', () => {
    const gate = createTextGate(['b', 'c']);
    expect(gate.push('acb')).toBe('a');
  });
});
