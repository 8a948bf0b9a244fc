/** A voice that an avatar can have. */
export interface Voice {
  /** `<provider>/<name>` for our own; a vendor's id as the vendor writes it. */
  id: string;
  name: string;
  provider: string;
  language: string;
  gender: 'female' | 'male' | 'neutral';
  /** A recording of it: absolute, or a path of this server; null where there is none. */
  previewUrl: string | null;
  /** Whether an engine that can speak with it is there now. */
  available: boolean;
}

/** The voices that this server knows. */
export interface VoiceCatalogue {
  list(): Promise<Voice[]>;
}
