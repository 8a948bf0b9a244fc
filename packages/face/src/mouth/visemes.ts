import type { MouthShape } from '../pose.ts';

/** What sounds look like: the 15 visemes of the MPEG-4 kind that most talking heads use. */
export const VISEMES = ['sil', 'PP', 'FF', 'TH', 'DD', 'kk', 'CH', 'SS', 'nn', 'RR', 'aa', 'E', 'I', 'O', 'U'] as const;

export type Viseme = (typeof VISEMES)[number];

/** How a viseme stands when it is said slowly and alone. */
export const VISEME_SHAPES: Readonly<Record<Viseme, Partial<MouthShape>>> = {
  sil: {},
  PP: { press: 0.7 },
  FF: { open: 0.12, up: 0.35, tuck: 1 },
  TH: { open: 0.24, tongue: 0.9 },
  DD: { open: 0.2, wide: 0.1, tongue: 0.6 },
  kk: { open: 0.28 },
  CH: { open: 0.18, narrow: 0.4, pucker: 0.55, up: 0.3 },
  SS: { open: 0.12, wide: 0.25 },
  nn: { open: 0.2, tongue: 0.6 },
  RR: { open: 0.24, narrow: 0.35, pucker: 0.4 },
  aa: { open: 0.9, wide: 0.08 },
  E: { open: 0.55, wide: 0.32 },
  I: { open: 0.34, wide: 0.45 },
  O: { open: 0.6, narrow: 0.5, pucker: 0.6 },
  U: { open: 0.25, narrow: 0.8, pucker: 1 },
};

/**
 * How much a viseme insists on each thing (0: takes it from its neighbours), after the dominance functions of Cohen and Massaro,
 * "Modeling Coarticulation in Synthetic Visual Speech" (1993). Tongue consonants leave the lips alone, so that the s and t of
 * "stew" are said with round lips.
 */
export interface Insistence {
  /** On open and up. */
  jaw: number;
  /** On wide, narrow and pucker. */
  lips: number;
  /** On press, tuck and tongue. */
  contact: number;
}

export const INSISTENCE: Readonly<Record<Viseme, Insistence>> = {
  sil: { jaw: 1, lips: 0.8, contact: 1 },
  PP: { jaw: 3, lips: 0.25, contact: 3 },
  FF: { jaw: 2.4, lips: 0.7, contact: 3 },
  TH: { jaw: 1.1, lips: 0.3, contact: 1.5 },
  DD: { jaw: 0.8, lips: 0.15, contact: 1.2 },
  kk: { jaw: 0.6, lips: 0.1, contact: 0.6 },
  CH: { jaw: 1.5, lips: 1.3, contact: 1 },
  SS: { jaw: 1.6, lips: 0.25, contact: 1 },
  nn: { jaw: 0.7, lips: 0.12, contact: 1.2 },
  RR: { jaw: 0.9, lips: 0.8, contact: 0.8 },
  aa: { jaw: 1.5, lips: 0.8, contact: 0.8 },
  E: { jaw: 1.2, lips: 0.9, contact: 0.8 },
  I: { jaw: 1.2, lips: 1.1, contact: 0.8 },
  O: { jaw: 1.4, lips: 1.6, contact: 0.8 },
  U: { jaw: 1.5, lips: 2, contact: 0.8 },
};
