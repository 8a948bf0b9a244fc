import type { JsonObject } from '../agents/agent.ts';
import type { Session } from '../sessions/session.ts';

/** Where the recording of a session is got: absolute. */
export function recordingUrl(session: Pick<Session, 'id'>, publicUrl: string): string {
  return `${publicUrl}/api/v1/sessions/${session.id}/recording`;
}

/** Whether spoken sessions of an agent are recorded; off where nothing is said about it. */
export function isRecorded(agent: { properties: JsonObject | null }): boolean {
  return (agent.properties?.recording as { enabled?: unknown } | undefined)?.enabled === true;
}
