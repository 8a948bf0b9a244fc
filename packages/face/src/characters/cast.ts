import { AMIRA } from './cast/amira.ts';
import { CLARA } from './cast/clara.ts';
import { FENN } from './cast/fenn.ts';
import { GEORGE } from './cast/george.ts';
import { MATEO } from './cast/mateo.ts';
import { MEI } from './cast/mei.ts';
import { NORA } from './cast/nora.ts';
import { OTTO } from './cast/otto.ts';
import { SAMUEL } from './cast/samuel.ts';
import type { CharacterDrawing } from './drawing.ts';

/** The characters that come with the product; their names differ. */
export const CAST: readonly CharacterDrawing[] = [CLARA, SAMUEL, MEI, AMIRA, GEORGE, NORA, MATEO, OTTO, FENN];
