/** A word as it is to be said, with the punctuation that follows it. */
export interface SpokenWord {
  text: string;
  pause: '' | '.' | '?' | '!' | ',' | ';' | ':' | '—' | '…';
}
