/** Makes faces; heavy work happens elsewhere, one piece of it at a time, in bounded time. */
export interface FaceBuilder {
  /** What assets are built as; those of another version are built anew. */
  readonly assetVersion: number;
  /**
   * Makes the asset of a face of a stored picture.
   * @throws AvatarProblemError where the picture is not good enough, the signal's reason, or Error
   */
  ofPicture(picture: Uint8Array, options: { takeLargest: boolean; signal: AbortSignal }): Promise<Uint8Array>;
  /** Makes the asset of a built-in character. */
  ofCharacter(name: string, options: { signal: AbortSignal }): Promise<Uint8Array>;
  /** Draws a built-in character at rest: a picture of 1024 x 1024, in a format that image stores take. */
  pictureOfCharacter(name: string, options: { signal: AbortSignal }): Promise<Uint8Array>;
  /** Lets a face be seen, at rest and speaking. */
  preview(asset: Uint8Array, options: { signal: AbortSignal }): Promise<FacePreviews>;
}

export interface FacePreviews {
  /** WebP. */
  still: Uint8Array;
  /** Animated WebP: three seconds of speech, without sound. */
  clip: Uint8Array;
}
