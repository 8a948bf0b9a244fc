/** Live sessions of Visavis in React. */
export { AgentPicture, type AgentPictureProps } from './agent-picture.tsx';
export { useCaptions, useDevices, useLevels, useLiveSession, useLiveState } from './hooks.ts';
