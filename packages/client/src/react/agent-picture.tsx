import { type ReactElement, useEffect, useRef } from 'react';
import type { LiveSession } from '../live/live-interface.ts';
import { useLiveState } from './hooks.ts';

export interface AgentPictureProps {
  live: LiveSession | undefined;
  className?: string;
  /** What screen readers say of it; by default the agent's name. */
  label?: string;
}

/** The agent's face in a video call, whoever draws it; empty while there is none. */
export function AgentPicture({ live, className, label }: AgentPictureProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const { picture, agentName } = useLiveState(live);
  const { from } = picture;
  useEffect(() => {
    if (!live || from === 'none') return;
    const shown = from === 'page' ? live.media.canvas : live.media.video;
    Object.assign(shown.style, { width: '100%', height: '100%', objectFit: 'contain', display: 'block' });
    place.current?.append(shown);
    // A video that is put elsewhere stands still.
    if (shown instanceof HTMLVideoElement) shown.play().catch(() => undefined);
    return () => shown.remove();
  }, [live, from]);
  const name = label ?? agentName;
  return <div ref={place} className={className} role="img" aria-label={name} />;
}
