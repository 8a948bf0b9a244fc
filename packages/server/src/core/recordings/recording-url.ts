import type { Session } from '../sessions/session.ts';

/** Where the recording of a session is got: absolute. */
export function recordingUrl(session: Pick<Session, 'id'>, publicUrl: string): string {
  return `${publicUrl}/api/v1/sessions/${session.id}/recording`;
}
