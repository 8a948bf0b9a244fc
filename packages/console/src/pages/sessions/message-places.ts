import type { Message } from '@visavis/client';

/** Where a message is in the recording of its session, in ms from the recording's first sample. */
export interface Place {
  startMs: number;
  endMs: number;
}

/**
 * Where each spoken message is in the recording. A reply lasts as long as it was heard; what the user said lasts until it was stored, which is
 * told in whole seconds, and at most until the next message begins.
 * @param recordingStartedAtMs when the first sample sounded, in ms since 1970
 */
export function placesOf(messages: readonly Message[], recordingStartedAtMs: number): Map<number, Place> {
  const spoken = messages.flatMap((message) =>
    message.said_at_ms === undefined ? [] : [{ message, saidAtMs: message.said_at_ms }],
  );
  spoken.sort((one, other) => one.saidAtMs - other.saidAtMs);
  return new Map(
    spoken.map(({ message, saidAtMs }, at) => {
      const nextAtMs = spoken[at + 1]?.saidAtMs ?? Number.POSITIVE_INFINITY;
      const heardMs = message.role === 'assistant' ? message.spoken_ms : undefined;
      const endsAtMs = heardMs === undefined ? Math.max(saidAtMs, Date.parse(message.created_at)) : saidAtMs + heardMs;
      const startMs = Math.max(0, saidAtMs - recordingStartedAtMs);
      return [message.message_id, { startMs, endMs: Math.max(startMs, Math.min(endsAtMs, nextAtMs) - recordingStartedAtMs) }];
    }),
  );
}

/** The message that sounds at a place of the recording: the last one that has begun and not ended. */
export function messageAt(places: ReadonlyMap<number, Place>, positionMs: number): number | undefined {
  let found: number | undefined;
  for (const [id, { startMs, endMs }] of places) if (startMs <= positionMs && positionMs < endMs) found = id;
  return found;
}
