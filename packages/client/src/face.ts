/** Faces of avatars that a page draws by itself, without a session. For browsers. */
export { openSpeakingFace, type SpeakingFace } from './live/speaking-face.ts';
