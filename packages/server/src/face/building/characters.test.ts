import { readAsset } from '@visavis/face';
import sharp from 'sharp';
import { afterAll, expect, it } from 'vitest';
import { builtInCharacters } from '../../first-run/built-in-characters.ts';
import { startEngineThread } from '../../providers/engine-process/engine-thread.ts';
import { createFaceBuilder } from './face-builder.ts';

const builder = createFaceBuilder({ startThread: startEngineThread });
afterAll(() => builder.close());
const options = () => ({ signal: AbortSignal.timeout(60_000) });

it('draws every built-in character, each unlike the others, and makes its asset', { timeout: 120_000 }, async () => {
  const seen = new Set<string>();
  for (const { name } of builtInCharacters()) {
    const picture = await builder.pictureOfCharacter(name, options());
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 1024, height: 1024 });
    seen.add((await sharp(picture).resize(4, 4).removeAlpha().raw().toBuffer()).toString('hex'));
    expect(readAsset(await builder.ofCharacter(name, options()))).toMatchObject({ kind: 'character' });
  }
  expect(seen.size).toBe(builtInCharacters().length);
});

it('says that a character is unknown', async () => {
  await expect(builder.pictureOfCharacter('Nobody', options())).rejects.toThrow('no character "Nobody"');
});
