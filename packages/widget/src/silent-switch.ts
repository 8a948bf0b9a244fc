/**
 * Whether the device may have a switch at its side that silences what pages play: nothing tells a page of it, so that people are told where
 * to look. iPhones alone have one (newer ones a button that does the same); iPads have had none since 2014.
 * @param userAgent of the browser; all browsers on an iPhone say so
 */
export function hasSilentSwitch(userAgent: string): boolean {
  return /\b(iPhone|iPod)\b/.test(userAgent);
}
