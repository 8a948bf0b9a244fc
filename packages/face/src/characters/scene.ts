import type { Pose } from '../pose.ts';
import type { CharacterDrawing } from './drawing.ts';
import { addEyes } from './eye-polygons.ts';
import { type Stance, stanceOf } from './head-motion.ts';
import { addMouth } from './mouth-polygons.ts';
import type { Polygon } from './polygons.ts';

/**
 * A character in a pose, before anybody draws it: how points of its layers move (`movePoint` with the stance), and what eyes,
 * brows and mouth are made of. Everything that draws characters, here or in a page, begins with it.
 */
export interface Scene {
  stance: Stance;
  /** The first at the back; in units of the drawing, already moved. */
  features: Polygon[];
}

export function sceneOf(drawing: CharacterDrawing, pose: Readonly<Pose>): Scene {
  const stance = stanceOf(drawing.head, pose);
  const features: Polygon[] = [];
  addMouth(features, stance, drawing.mouth, pose);
  addEyes(features, stance, drawing.eyes, pose);
  return { stance, features };
}
