import type { AvatarProblem } from '../../core/avatars/avatar-problem.ts';
import type { FacePreviews } from '../../core/avatars/face-builder.ts';

/** What the thread is asked for. */
export type BuildingTask =
  | { type: 'picture'; picture: Uint8Array; takeLargest: boolean }
  | { type: 'character'; name: string }
  | { type: 'character-picture'; name: string }
  | { type: 'preview'; asset: Uint8Array };

/** What it answers: an asset, a picture, or the previews. */
export type BuildingAnswer =
  | { type: 'asset'; asset: Uint8Array }
  | { type: 'picture'; picture: Uint8Array }
  | { type: 'previews'; previews: FacePreviews }
  | { type: 'refused'; problem: AvatarProblem }
  | { type: 'failed'; error: string };

/** Begins a thread: `parts` is the module with the parts, where that is not the product's own. */
export interface BuildingOrder {
  task: BuildingTask;
  parts: string | undefined;
}
