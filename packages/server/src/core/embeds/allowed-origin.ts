import type { Embed } from './embed.ts';

/** Whether pages of `origin` (as browsers send it) may use the embed; `*.` stands for at least one label. */
export function allowsOrigin(embed: Pick<Embed, 'allowedOrigins'>, origin: string): boolean {
  return embed.allowedOrigins.some((allowed) => {
    const [scheme = '', domain] = allowed.split('*');
    if (domain === undefined) return allowed === origin;
    return (
      origin.startsWith(scheme) && origin.endsWith(domain) && /^[a-z0-9_.-]+$/.test(origin.slice(scheme.length, -domain.length))
    );
  });
}
