/** Of two tabs with one session the newer one has it: a duplicated tab takes it over. */
export interface Tabs {
  take(sessionId: number): void;
  close(): void;
}

/** `name`: what the tabs have in common; without it nothing is told. `onTaken`: another tab has this session now. */
export function watchTabs(name: string | undefined, onTaken: (sessionId: number) => void): Tabs {
  if (name === undefined || typeof BroadcastChannel === 'undefined') return { take: () => undefined, close: () => undefined };
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<{ joined: number }>) => onTaken(data.joined);
  return { take: (joined) => channel.postMessage({ joined }), close: () => channel.close() };
}
