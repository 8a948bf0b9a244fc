/** Why no face can be made of an avatar's picture, for programs; and for people, what to do about it. */
export const AVATAR_PROBLEMS = {
  'no-face': 'No face was found in the picture. Take a photo that shows one person’s face from the front.',
  'several-faces':
    'There are several people in the picture. Take a photo of one person, or set take_largest to use the one with the largest face.',
  'face-too-small': 'The face is too small in the picture. Take a closer photo, or a larger copy of this one.',
  'face-cut-off': 'A part of the face is outside the picture. Take a photo that shows the whole face, from forehead to chin.',
  'face-turned-away': 'The face is turned away from the camera. Take a photo of somebody who looks into the camera.',
  'mouth-hidden': 'The mouth is hidden. Take a photo without a hand, a mask or a microphone in front of it.',
  'too-blurred': 'The face is blurred. Take a sharp photo.',
  'address-not-https': 'The picture was not fetched: its address must begin with https. Upload the file instead.',
  'address-not-public': 'The picture was not fetched: its address leads to a private network. Upload the file instead.',
  'address-unreachable': 'The picture could not be fetched: its server did not answer in time. Upload the file instead.',
  'address-refused': 'The picture could not be fetched: its server does not give it away. Upload the file instead.',
  'picture-too-large': 'The picture is too large. At most 10 MB and 50 megapixels are taken.',
  'not-a-picture': 'What was found at the address is no PNG, JPEG, WebP or GIF picture, or a broken one.',
  'took-too-long': 'The picture took too long to be worked on. Try a smaller copy of it.',
  'building-failed': 'The face could not be built. The server tries again when it starts the next time.',
} as const;

export type AvatarProblem = keyof typeof AVATAR_PROBLEMS;

/** The sentence for people; undefined for a word that this version does not know. */
export function problemText(reason: string): string | undefined {
  return (AVATAR_PROBLEMS as Record<string, string>)[reason];
}

/** Ends the making of a face for a reason that its owner can do something about. */
export class AvatarProblemError extends Error {
  readonly problem: AvatarProblem;

  constructor(problem: AvatarProblem, options?: ErrorOptions) {
    super(AVATAR_PROBLEMS[problem], options);
    this.name = 'AvatarProblemError';
    this.problem = problem;
  }
}
