import sharp from 'sharp';

/** The people that this server can draw. */
export type PortraitName = 'clara' | 'samuel' | 'mei';

/** Draws one of them: a PNG of 1024 x 1024 pixels, seen from the front, with an even light and closed lips. */
export function drawPortrait(name: PortraitName): Promise<Buffer> {
  return sharp(Buffer.from(portraitSvg(LOOKS[name])))
    .png()
    .toBuffer();
}

interface Look {
  background: [top: string, bottom: string];
  skin: { base: string; shade: string; light: string; blush: string };
  lips: [upper: string, lower: string, line: string];
  eyes: { iris: string; lash: string; lashes: boolean; brow: string; browWidth: number };
  /** What lies behind the head, and what lies over it. */
  hair: { behind: string; over: string };
  clothes: string;
  /** What of the clothes lies over the neck. */
  collar: string;
  /** Glasses, beard, ear rings. */
  worn: { underHair?: string; overHair?: string };
  /** Scales the jaw's width. */
  jaw: number;
}

const CLARA_HAIR = { dark: '#6b2f1c', base: '#8f4426', light: '#b4633a' };
const MEI_HAIR = { dark: '#15141f', base: '#23222f', light: '#41415a' };
const SAMUEL_HAIR = { dark: '#120e0d', base: '#1f1917', light: '#3a302c' };

const LOOKS: Record<PortraitName, Look> = {
  clara: {
    background: ['#fde9d6', '#f6c6a4'],
    skin: { base: '#f4cdb2', shade: '#dfa585', light: '#fbe0cc', blush: '#ea8f7c' },
    lips: ['#c4606a', '#d4757a', '#9a3f4a'],
    eyes: { iris: '#5d7f5e', lash: '#3d2117', lashes: true, brow: '#7c3b22', browWidth: 11 },
    hair: {
      behind: `
        <path d="M512 168 C330 160 262 300 262 450 C262 600 214 690 232 812 C300 872 420 850 452 800 L572 800 C604 850 724 872 792 812
                 C810 690 762 600 762 450 C762 300 694 160 512 168 Z" fill="${CLARA_HAIR.dark}"/>`,
      over: `
        <path d="M566 196 C420 150 292 232 280 420 C272 560 226 660 246 800 C300 838 356 826 392 796 C352 720 352 640 360 560
                 C366 500 352 470 356 424 C452 396 530 320 566 236 C580 330 640 392 672 428 C676 470 660 510 666 566
                 C672 640 676 716 634 796 C668 826 726 838 778 800 C798 660 752 560 746 420 C738 270 672 190 566 196 Z" fill="${CLARA_HAIR.base}"/>
        <path d="M552 214 C452 204 342 262 314 420 C300 540 270 640 284 770" fill="none" stroke="${CLARA_HAIR.light}" stroke-width="12" stroke-linecap="round" opacity=".55"/>
        <path d="M532 244 C470 300 408 344 344 378 C334 470 316 560 318 680" fill="none" stroke="${CLARA_HAIR.light}" stroke-width="8" stroke-linecap="round" opacity=".45"/>
        <path d="M600 214 C672 244 706 320 712 424 C716 540 748 640 738 770" fill="none" stroke="${CLARA_HAIR.light}" stroke-width="12" stroke-linecap="round" opacity=".55"/>`,
    },
    clothes: shoulders('#1f6f78'),
    collar: `
      <path d="M424 742 L512 892 L600 742 L512 800 Z" fill="#f4cdb2"/>
      <path d="M424 740 L512 892 L600 740 L626 764 L512 1024 L398 764 Z" fill="#fffaf4"/>
      <path d="M512 892 L512 1024" stroke="#e9dfd2" stroke-width="5"/>
      <path d="M404 750 L346 788 L396 858 L366 882 L496 1024 L512 1024 Z" fill="#185961"/>
      <path d="M620 750 L678 788 L628 858 L658 882 L528 1024 L512 1024 Z" fill="#185961"/>`,
    worn: {},
    jaw: 0.97,
  },

  samuel: {
    background: ['#cfe3ef', '#86b3cf'],
    skin: { base: '#8a5636', shade: '#673c24', light: '#a56d49', blush: '#8d4630' },
    lips: ['#7a4038', '#96564a', '#4f2720'],
    eyes: { iris: '#3b2316', lash: '#170f0c', lashes: false, brow: '#17110f', browWidth: 17 },
    hair: {
      behind: `<path d="M350 420 C330 250 420 172 512 172 C604 172 694 250 674 420 Z" fill="${SAMUEL_HAIR.dark}"/>`,
      over: `
        <path d="M352 424 C338 292 386 172 512 168 C638 172 686 292 672 424 C668 380 660 346 646 320 C622 286 596 272 566 274
                 C532 280 492 280 458 274 C428 272 402 286 378 320 C364 346 356 380 352 424 Z" fill="${SAMUEL_HAIR.base}"/>
        <path d="M404 236 C440 200 480 188 520 190" fill="none" stroke="${SAMUEL_HAIR.light}" stroke-width="10" stroke-linecap="round" opacity=".6"/>`,
    },
    clothes: shoulders('#e0a030'),
    collar: `
      <path d="M410 758 C426 842 598 842 614 758 C634 764 646 770 654 776 C632 888 392 888 370 776 C378 770 390 764 410 758 Z" fill="#c98a1f"/>
      <path d="M376 790 C410 872 614 872 648 790" fill="none" stroke="#f0b850" stroke-width="5" opacity=".7"/>`,
    worn: {
      underHair: `
        <path d="M356 470 C362 520 372 552 392 582 C422 634 468 664 512 664 C556 664 602 634 632 582 C652 552 662 520 668 470
                 C656 520 640 548 616 556 C590 560 560 548 512 548 C464 548 434 560 408 556 C384 548 368 520 356 470 Z
                 M512 566 C546 562 572 572 580 590 C572 622 544 632 512 632 C480 632 452 622 444 590 C452 572 478 562 512 566 Z"
              fill="${SAMUEL_HAIR.base}" fill-rule="evenodd" opacity=".88"/>`,
    },
    jaw: 1.03,
  },

  mei: {
    background: ['#efe6fb', '#c9b3ea'],
    skin: { base: '#f2cfa8', shade: '#d9a679', light: '#fae2c6', blush: '#ec9a86' },
    lips: ['#c25a5a', '#d6736d', '#963c40'],
    eyes: { iris: '#3a241a', lash: '#15131c', lashes: true, brow: '#2a2732', browWidth: 10 },
    hair: {
      behind: `<path d="M512 158 C322 158 276 310 280 470 C282 570 276 640 292 690 C350 716 430 704 452 680 L572 680 C594 704 674 716 732 690
                        C748 640 742 570 744 470 C748 310 702 158 512 158 Z" fill="${MEI_HAIR.dark}"/>`,
      over: `
        <path d="M512 158 C322 158 276 310 280 470 C282 570 276 640 292 690 C322 704 352 704 378 694 C352 620 350 540 356 402
                 C400 384 440 380 512 380 C584 380 624 384 668 402 C674 540 672 620 646 694 C672 704 702 704 732 690
                 C748 640 742 570 744 470 C748 310 702 158 512 158 Z" fill="${MEI_HAIR.base}"/>
        <path d="M352 300 C392 226 452 200 522 200" fill="none" stroke="${MEI_HAIR.light}" stroke-width="16" stroke-linecap="round" opacity=".7"/>
        <path d="M330 380 C326 470 322 560 326 650 M694 380 C698 470 702 560 698 650" fill="none" stroke="${MEI_HAIR.light}" stroke-width="8" stroke-linecap="round" opacity=".5"/>
        <path d="M440 252 C430 296 426 340 428 376 M512 240 L512 376 M584 252 C594 296 598 340 596 376" fill="none" stroke="${MEI_HAIR.dark}" stroke-width="5" stroke-linecap="round" opacity=".6"/>`,
    },
    clothes: shoulders('#e9756b'),
    collar: `
      <path d="M424 742 L512 838 L600 742 L660 786 L588 876 L512 838 L436 876 L364 786 Z" fill="#fbf4ec"/>
      <path d="M424 742 L512 838 L600 742" fill="none" stroke="#e3d6c6" stroke-width="5"/>
      <path d="M512 846 L512 1024" stroke="#cf5f57" stroke-width="6"/>
      <circle cx="534" cy="914" r="9" fill="#fbf4ec"/><circle cx="534" cy="984" r="9" fill="#fbf4ec"/>`,
    worn: {
      overHair: `
        <g fill="#ffffff" fill-opacity=".16" stroke="#3b2b56" stroke-width="9">
          <circle cx="440" cy="452" r="58"/><circle cx="584" cy="452" r="58"/>
          <path d="M498 446 C506 436 518 436 526 446" fill="none"/><path d="M382 444 L352 436 M642 444 L672 436" fill="none"/>
        </g>`,
    },
    jaw: 0.98,
  },
};

const FACE = `M352 400 C352 276 424 222 512 222 C600 222 672 276 672 400 C672 470 666 516 646 562 C618 620 562 660 512 660
              C462 660 406 620 378 562 C358 516 352 470 352 400 Z`;

function shoulders(color: string): string {
  return `<path d="M96 1024 C104 876 208 816 350 784 C384 776 404 766 416 752 L608 752 C620 766 640 776 674 784 C816 816 920 876 928 1024 Z" fill="${color}"/>
          <path d="M96 1024 C104 876 208 816 350 784 C268 836 236 920 240 1024 Z M928 1024 C920 876 816 816 674 784 C756 836 788 920 784 1024 Z" fill="#000" opacity=".08"/>`;
}

function eye(look: Look, side: 'left' | 'right'): string {
  const { iris, lash, lashes } = look.eyes;
  const clip = `eye-${side}`;
  const mirrored = side === 'left' ? 'translate(440 450)' : 'translate(584 450) scale(-1 1)';
  const almond = 'M-38 4 C-24 -20 18 -24 36 6 C18 20 -22 22 -38 4 Z';
  return `<g transform="${mirrored}">
    <clipPath id="${clip}"><path d="${almond}"/></clipPath>
    <path d="${almond}" fill="#fdfbf8"/>
    <g clip-path="url(#${clip})">
      <circle cx="0" cy="-1" r="19" fill="${iris}"/><circle cx="0" cy="-1" r="9.5" fill="#0d0908"/>
      <path d="M-40 -30 H40 V-6 C20 -16 -22 -14 -40 4 Z" fill="#000" opacity=".16"/>
      <circle cx="${side === 'left' ? 6 : -6}" cy="-8" r="5" fill="#fff"/>
    </g>
    <path d="M-39 5 C-24 -21 18 -25 37 7" fill="none" stroke="${lash}" stroke-width="${lashes ? 7 : 5.5}" stroke-linecap="round"/>
    ${lashes ? `<path d="M-36 1 L-47 -7 M-30 -6 L-39 -16" stroke="${lash}" stroke-width="5" stroke-linecap="round"/>` : ''}
    <path d="M-32 -22 C-18 -36 14 -38 30 -24" fill="none" stroke="${look.skin.shade}" stroke-width="4" stroke-linecap="round" opacity=".6"/>
  </g>`;
}

function brow(look: Look, side: 'left' | 'right'): string {
  const place = side === 'left' ? 'translate(440 396)' : 'translate(584 396) scale(-1 1)';
  return `<path transform="${place}" d="M-46 12 C-30 -12 6 -16 38 0" fill="none" stroke="${look.eyes.brow}"
    stroke-width="${look.eyes.browWidth}" stroke-linecap="round"/>`;
}

function portraitSvg(look: Look): string {
  const { skin, lips, hair, worn } = look;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1024" height="1024" viewBox="0 0 1024 1024">
  <defs>
    <linearGradient id="ground" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${look.background[0]}"/><stop offset="1" stop-color="${look.background[1]}"/></linearGradient>
    <radialGradient id="face" cx=".5" cy=".38" r=".68"><stop offset="0" stop-color="${skin.light}"/><stop offset=".55" stop-color="${skin.base}"/><stop offset="1" stop-color="${skin.shade}"/></radialGradient>
    <radialGradient id="blush"><stop offset="0" stop-color="${skin.blush}" stop-opacity=".5"/><stop offset="1" stop-color="${skin.blush}" stop-opacity="0"/></radialGradient>
  </defs>
  <rect width="1024" height="1024" fill="url(#ground)"/>
  <circle cx="512" cy="470" r="400" fill="#fff" opacity=".22"/>
  ${hair.behind}
  ${look.clothes}
  <path d="M438 600 H586 V712 C586 740 596 748 614 758 C598 842 426 842 410 758 C428 748 438 740 438 712 Z" fill="${skin.base}"/>
  <path d="M438 620 C470 690 554 690 586 620 V688 C556 734 468 734 438 688 Z" fill="${skin.shade}" opacity=".75"/>
  ${look.collar}
  <g fill="${skin.base}"><ellipse cx="350" cy="466" rx="28" ry="46"/><ellipse cx="674" cy="466" rx="28" ry="46"/></g>
  <g fill="none" stroke="${skin.shade}" stroke-width="6" stroke-linecap="round"><path d="M340 446 C330 462 334 486 346 494"/><path d="M684 446 C694 462 690 486 678 494"/></g>
  <g transform="translate(512 0) scale(${look.jaw} 1) translate(-512 0)"><path d="${FACE}" fill="url(#face)"/></g>
  <circle cx="412" cy="540" r="56" fill="url(#blush)"/><circle cx="612" cy="540" r="56" fill="url(#blush)"/>
  ${worn.underHair ?? ''}
  ${eye(look, 'left')}${eye(look, 'right')}${brow(look, 'left')}${brow(look, 'right')}
  <path d="M502 470 C500 500 492 518 486 530 C488 548 504 552 512 552 C520 552 536 548 538 530" fill="none" stroke="${skin.shade}" stroke-width="6" stroke-linecap="round" opacity=".85"/>
  <path d="M520 476 C522 500 524 512 526 522" fill="none" stroke="${skin.light}" stroke-width="8" stroke-linecap="round" opacity=".7"/>
  <path d="M448 584 C476 579 498 577 512 583 C526 577 548 579 576 584 C552 600 532 603 512 603 C492 603 472 600 448 584 Z" fill="${lips[0]}"/>
  <path d="M448 584 C472 600 492 603 512 603 C532 603 552 600 576 584 C560 616 538 627 512 627 C486 627 464 616 448 584 Z" fill="${lips[1]}"/>
  <path d="M442 580 C468 599 492 603 512 603 C532 603 556 599 582 580" fill="none" stroke="${lips[2]}" stroke-width="4.5" stroke-linecap="round"/>
  ${hair.over}
  ${worn.overHair ?? ''}
</svg>`;
}
