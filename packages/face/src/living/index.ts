export { createLivingPicture, type LivingPicture, type Moment, type SpokenMouth } from './living-picture.ts';
export { createReceivedMouths, type ReceivedMouths } from './received-mouths.ts';
