import type { Message } from '@visavis/client';

/** Where a message is in the recording of its session, in ms from the recording's first sample. */
export interface Place {
  startMs: number;
  endMs: number;
}

/**
 * Where each spoken message is in the recording. A message is stored when it has been said: a reply was heard for `spoken_ms` before that;
 * what the user said lies between the end of the message before and then. Times of the API are whole seconds, so places are, too.
 * @param recordingStartedAtMs when the first sample sounded, in ms since 1970
 */
export function placesOf(messages: readonly Message[], recordingStartedAtMs: number): Map<number, Place> {
  const places = new Map<number, Place>();
  let cursorMs = 0;
  for (const message of messages) {
    const storedMs = Date.parse(message.created_at) - recordingStartedAtMs;
    const heardMs = message.role === 'assistant' ? message.spoken_ms : undefined;
    const isSpoken = heardMs !== undefined ? heardMs > 0 : message.source === 'speech';
    if (!isSpoken || storedMs < 0) continue;
    const endMs = Math.max(storedMs, cursorMs);
    const startMs = heardMs === undefined ? Math.max(cursorMs, endMs - LONGEST_GUESS_MS) : Math.max(cursorMs, endMs - heardMs);
    places.set(message.message_id, { startMs, endMs });
    cursorMs = endMs;
  }
  return places;
}

/** Of a long silence before the user's words only so much belongs to them, in ms. */
const LONGEST_GUESS_MS = 4_000;

/** The message that sounds at a place of the recording. */
export function messageAt(places: ReadonlyMap<number, Place>, positionMs: number): number | undefined {
  let found: number | undefined;
  for (const [id, { startMs, endMs }] of places) if (startMs <= positionMs && positionMs < endMs) found = id;
  return found;
}
