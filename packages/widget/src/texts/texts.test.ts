import { describe, expect, it } from 'vitest';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { he } from './he.ts';

describe('the texts of the widget', () => {
  it.each(Object.entries({ ar, de, es, fr, he }))('say the same things in %s', (_, texts) => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).not.toBe('');
      expect(text.includes('{agent}'), key).toBe(en[key as keyof typeof en].includes('{agent}'));
    }
  });
});
