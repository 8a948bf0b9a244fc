import { expect, it } from 'vitest';
import { hasSilentSwitch } from './silent-switch.ts';

const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

it.each([
  [
    'Safari on an iPhone',
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1`,
  ],
  [
    'Chrome on an iPhone',
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${WEBKIT} CriOS/138.0.0 Mobile/15E148 Safari/604.1`,
  ],
])('tells of the silent switch in %s', (_name, userAgent) => {
  expect(hasSilentSwitch(userAgent)).toBe(true);
});

it.each([
  ['Safari on an iPad', `Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) ${WEBKIT} Version/18.5 Mobile/15E148 Safari/604.1`],
  [
    'an iPad that asks for desktop pages',
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/18.5 Safari/605.1.15`,
  ],
  [
    'Chrome on Android',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
  ],
])('tells nothing of it in %s', (_name, userAgent) => {
  expect(hasSilentSwitch(userAgent)).toBe(false);
});
