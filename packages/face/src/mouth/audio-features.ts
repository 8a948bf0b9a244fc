/** Decibels to the natural logarithm of a power. */
const LN_PER_DB = Math.LN10 / 10;
/** Brings what speech has in a band to about -1 to 1. */
const SCALE = 4;
const MOST = 2;

/** A band's power as the model takes it: how loud it is for this voice, -2 to 2; -2 is silence. */
export function bandFeature(lnPower: number, levelDb: number): number {
  return Math.min(Math.max((lnPower - levelDb * LN_PER_DB) / SCALE + 1, -MOST), MOST);
}

export const SILENT_FEATURE = -MOST;
