import { type Http, VisavisError } from '@visavis/client';
import type { CreatedEmbedSession, EmbedWidgetAnswer } from '@visavis/protocol';
import type { z } from 'zod';
import type { Widget } from './settings.ts';

type StartedEmbedSession = z.output<typeof CreatedEmbedSession>['session'];

export type { StartedEmbedSession };
export { VisavisError };

/** What a page may ask of an embed: no credential is needed, the page's origin counts. */
export interface Embed {
  widget(signal: AbortSignal): Promise<Widget>;
  start(type: string): Promise<StartedEmbedSession>;
}

export function createEmbed(http: Http, embedId: string): Embed {
  const path = `/embeds/${encodeURIComponent(embedId)}`;
  return {
    async widget(signal) {
      return (await http.json<z.output<typeof EmbedWidgetAnswer>>('GET', `${path}/widget`, { signal })).widget;
    },
    async start(session_type) {
      const body = { session_type };
      return (await http.json<z.output<typeof CreatedEmbedSession>>('POST', `${path}/sessions`, { body, creates: true })).session;
    },
  };
}
