import { type EndDeps, endSession } from './end-session.ts';
import type { Session } from './session.ts';

/** Overdue sessions ended in one go. */
const BATCH = 100;
/** The longest sleep: another server that shares the database may have made a session meanwhile. */
const LONGEST_SLEEP_MS = 5_000;

/** Ends sessions at their deadlines. */
export interface Deadlines {
  /** Ends what is overdue now; `recovering` after a start: those deadlines passed while the server was down. */
  sweep(options?: { recovering?: boolean }): Promise<number>;
  start(): void;
  stop(): void;
}

export function createDeadlines(deps: EndDeps & { onError: (error: unknown) => void }): Deadlines {
  let timer: NodeJS.Timeout | undefined;
  let running = false;

  const sweep = async ({ recovering = false } = {}): Promise<number> => {
    let ended = 0;
    for (;;) {
      const overdue = await deps.storage.read.sessions.overdue(deps.now(), BATCH);
      await Promise.all(
        overdue.map((session) =>
          endSession(deps, session.userId, session.id, { reason: recovering ? 'server-recovered' : reasonFor(session) }),
        ),
      );
      ended += overdue.length;
      if (overdue.length < BATCH) return ended;
    }
  };

  const schedule = async (): Promise<void> => {
    const next = await deps.storage.read.sessions.nextDeadline();
    if (!running) return;
    const wait = next === undefined ? LONGEST_SLEEP_MS : Math.min(Math.max(next - deps.now(), 10), LONGEST_SLEEP_MS);
    timer = setTimeout(() => void tick(), wait);
    timer.unref();
  };

  const tick = (): Promise<void> => sweep().catch(deps.onError).then(schedule).catch(deps.onError);

  return {
    sweep,
    start() {
      if (running) return;
      running = true;
      void tick();
    },
    stop() {
      running = false;
      clearTimeout(timer);
    },
  };
}

function reasonFor(session: Session) {
  return session.deadlineAt >= session.expiresAt ? ('max-duration' as const) : session.deadlineReason;
}
