/** What one worker has recorded of a session, in one file: a session that is taken over by another worker has several. */
export interface SegmentName {
  /** Of the session when the worker held it. */
  epoch: number;
  /** When the worker was asked to record, in ms since 1970; a moment before the first sample. */
  startedAt: number;
}

/** `<epoch>-<startedAtMs>.ogg`: the name of a segment's file in the folder of its session. */
export function segmentName({ epoch, startedAt }: SegmentName): string {
  return `${epoch}-${Math.round(startedAt)}.ogg`;
}

/** What `segmentName` has written; undefined for any other name. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const [, epoch, startedAt] = /^(\d{1,10})-(\d{1,15})\.ogg$/.exec(name) ?? [];
  return epoch === undefined || startedAt === undefined ? undefined : { epoch: Number(epoch), startedAt: Number(startedAt) };
}
