import sharp from 'sharp';
import { parts } from '../../packages/server/src/face/building/building-parts.ts';
import { builtInCharacters } from '../../packages/server/src/first-run/built-in-characters.ts';

/** Draws the README's picture of the built-in characters: `node --import tsx --conditions=source bench/face/cast-picture.ts [FILE]`. */
const [file = 'docs/characters.webp'] = process.argv.slice(2);
const SIDE = 160;
const COLUMNS = 9;

const names = builtInCharacters().map(({ name }) => name);
const tiles = await Promise.all(
  names.map(async (name, n) => {
    const input = await sharp(await parts.pictureOfCharacter(name))
      .resize(SIDE, SIDE)
      .toBuffer();
    return { input, left: (n % COLUMNS) * SIDE, top: Math.floor(n / COLUMNS) * SIDE };
  }),
);
await sharp({
  create: {
    width: COLUMNS * SIDE,
    height: Math.ceil(names.length / COLUMNS) * SIDE,
    channels: 4,
    background: { r: 0, g: 0, b: 0, alpha: 0 },
  },
})
  .composite(tiles)
  .webp({ quality: 82 })
  .toFile(file);
