import sharp from 'sharp';
import { DRAWN_LANDMARKS } from '../../../face/src/portrait/testing/drawn-landmarks.ts';

/** A drawn face with the landmarks that the model finds in it: a photo of nobody. */
export interface DrawnPerson {
  readonly width: number;
  readonly height: number;
  /** 3 bytes a pixel. */
  readonly rgb: Uint8Array;
  readonly landmarks: Float32Array;
  /** Where the line between the lips is drawn, in the middle. */
  readonly lipLineY: number;
}

const WIDTH = 900;
const HEIGHT = 1000;
/** The landmarks were found in this drawing at this width. */
const LANDMARKS_WIDTH = 320;

/** @param look colours as in SVG; `noise` from 0 to 1 is grain over the whole picture. */
export async function drawPerson(
  look: { hair?: string; cloth?: string; behind?: readonly [string, string]; noise?: number } = {},
): Promise<DrawnPerson> {
  const { hair = '#5b3420', cloth = '#7d2f3c', behind = ['#d9c9a8', '#a88f6a'] as const, noise = 0.1 } = look;
  const eye = (x: number, flip: number) => `<g transform="translate(${x} 430) scale(${flip} 1)">
    <path d="M-42 3 C-24 -22 18 -24 40 6 C20 20 -20 22 -42 3Z" fill="#e9e4de"/><circle cx="-1" cy="-1" r="18" fill="#5a7a52"/><circle cx="-1" cy="-1" r="8" fill="#0c0908"/>
    <path d="M-44 4 C-24 -25 18 -27 42 6 C18 -19 -22 -18 -44 4Z" fill="#1c1410"/><path d="M-50 -44 C-20 -70 24 -66 54 -44 C24 -56 -20 -56 -50 -44Z" fill="${hair}"/></g>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><defs>
    <linearGradient id="behind" x2="1" y2="1"><stop offset="0" stop-color="${behind[0]}"/><stop offset="1" stop-color="${behind[1]}"/></linearGradient>
    <radialGradient id="skin" cx="0.42" cy="0.36" r="0.75"><stop offset="0" stop-color="#f6d6bd"/><stop offset="0.55" stop-color="#e3b193"/><stop offset="1" stop-color="#b57f62"/></radialGradient>
    <filter id="grain" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency="0.8" numOctaves="2" seed="3"/><feColorMatrix type="saturate" values="0"/><feComponentTransfer><feFuncA type="linear" slope="${noise}"/></feComponentTransfer></filter></defs>
    <rect width="${WIDTH}" height="${HEIGHT}" fill="url(#behind)"/>
    <path d="M250 380 C210 120 690 120 650 380 C690 560 690 760 640 820 L260 820 C210 760 210 560 250 380Z" fill="${hair}"/>
    <path d="M60 1000 C80 860 250 820 360 790 L540 790 C650 820 820 860 840 1000Z" fill="${cloth}"/>
    <path d="M365 640 L365 800 C400 850 500 850 535 800 L535 640Z" fill="#b57f62"/>
    <path d="M262 400 C262 230 340 190 450 190 C560 190 638 230 638 400 C640 520 620 600 560 675 C520 718 380 718 340 675 C280 600 260 520 262 400Z" fill="url(#skin)"/>
    <path d="M248 420 C235 220 330 140 450 140 C590 140 665 230 652 420 C640 340 610 300 590 270 C520 300 380 300 320 262 C290 300 262 340 248 420Z" fill="${hair}"/>
    ${eye(362, 1)}${eye(538, -1)}<ellipse cx="431" cy="556" rx="9" ry="5" fill="#6a3a2a"/><ellipse cx="469" cy="556" rx="9" ry="5" fill="#6a3a2a"/>
    <path d="M388 622 C415 604 438 604 450 609 C462 604 485 604 512 622 C492 652 408 652 388 622Z" fill="#c4635f"/>
    <path d="M386 622 C415 629 430 624 450 627 C470 624 485 629 514 622" fill="none" stroke="#6b2a2c" stroke-width="3.4"/>
    <rect width="${WIDTH}" height="${HEIGHT}" filter="url(#grain)"/></svg>`;
  const rgb = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer();
  const factor = WIDTH / LANDMARKS_WIDTH / 10;
  return {
    width: WIDTH,
    height: HEIGHT,
    rgb,
    landmarks: Float32Array.from(DRAWN_LANDMARKS, (value) => value * factor),
    lipLineY: 626,
  };
}
