import { expect, it } from 'vitest';
import { takeSlot } from './slots.ts';

it('gives every element of a page its own place, and the same ones after a reload', () => {
  const places = [takeSlot('a', ''), takeSlot('a', ''), takeSlot('b', ''), takeSlot('a', 'shop'), takeSlot('a', 'shop')];
  expect(places.map(({ name }) => name)).toEqual(['1', '2', '1', '#shop', '3']);
  for (const { release } of places) release();
  expect(takeSlot('a', '').name).toBe('1');
});
