import { AppError } from '../errors.ts';
import type { Session } from '../sessions/session.ts';
import type { Stores } from '../stores.ts';
import { DAY_MS, dayOf, type Embed } from './embed.ts';

export const MINUTE_MS = 60_000;
/** A call that could last only so long is not worth starting, in ms. */
const SHORTEST_CALL_MS = 30_000;
/** Time that is set aside comes back when a call ends: that is a matter of minutes, in s. */
const BUSY_RETRY_SECONDS = 60;

type EmbedTime = Pick<Stores, 'embeds' | 'sessions'>;

/** The minutes that all sessions of an embed may use on one day together; undefined: no limit. */
export const budgetOf = ({ minutesPerDay }: Embed): number | undefined =>
  minutesPerDay === null ? undefined : minutesPerDay * MINUTE_MS;

/**
 * Sets time of the day aside for a call, all that it may last, so that many at once never use more; gives how long that is, in ms.
 * In the transaction of `stores`. @throws AppError `embed-busy`, `embed-budget-exhausted`
 */
export async function takeCallTime(
  stores: EmbedTime,
  embed: Embed,
  day: number,
  longestMs: number,
  now: number,
): Promise<number> {
  const least = Math.min(SHORTEST_CALL_MS, longestMs);
  const taken = await stores.embeds.reserveTime(embed.publicId, day, { most: longestMs, least, budget: budgetOf(embed) });
  if (taken === undefined) throw await refusal(stores, embed, day, now);
  return taken;
}

/**
 * Sets time aside for the call that a live session is about to become, unless it holds some already; in the transaction that changes its type.
 * @throws AppError `embed-busy`, `embed-budget-exhausted`
 */
export async function becomeCall(stores: EmbedTime, session: Session, now: number): Promise<void> {
  if (session.embedId === null || heldMs(session) > 0) return;
  const embed = await embedOf(stores, session);
  const longestMs = Math.min(embed.minutesPerSession * MINUTE_MS, session.expiresAt - now);
  const taken = await takeCallTime(stores, embed, dayOf(session.startedAt), longestMs, now);
  await stores.sessions.setAside(session.id, session.connectedMs + taken, now + taken);
}

/** Gives back what a call did not use which goes on in writing, until `expiresAt` at most. */
export async function becomeChat(stores: EmbedTime, session: Session, expiresAt: number): Promise<void> {
  const held = heldMs(session);
  if (session.embedId === null || session.connectedSince !== null || held === 0) return;
  await stores.embeds.giveBack(session.embedId, dayOf(session.startedAt), held);
  await stores.sessions.setAside(session.id, session.connectedMs, expiresAt);
}

/**
 * Who writes uses the minute that begins with the first message, of the day on which it begins, whatever is written in it; during a call nothing beside the call's own time.
 * In the transaction that stores the message. @throws AppError `embed-busy`, `embed-budget-exhausted`
 */
export async function payForWriting(stores: EmbedTime, session: Session, now: number): Promise<void> {
  if (session.embedId === null || session.connectedSince !== null) return;
  if (!(await stores.sessions.beginWritten(session.id, now, now + MINUTE_MS))) return;
  const embed = await embedOf(stores, session);
  const day = dayOf(now);
  const wish = { most: MINUTE_MS, least: 1, budget: budgetOf(embed) };
  if ((await stores.embeds.reserveTime(embed.publicId, day, wish)) === undefined) throw await refusal(stores, embed, day, now);
}

/** Whether there is nothing left now because of calls that are going on, or because all has been used. */
export async function refusal(stores: Pick<Stores, 'sessions'>, embed: Embed, day: number, now: number): Promise<AppError> {
  const held = await stores.sessions.heldOfEmbed(embed.publicId, { from: day * DAY_MS, to: (day + 1) * DAY_MS, now });
  if (held >= SHORTEST_CALL_MS) return new AppError('embed-busy', undefined, { retryAfterSeconds: BUSY_RETRY_SECONDS });
  return exhausted(now);
}

/** The next day begins at midnight (UTC). */
export function exhausted(now: number): AppError {
  return new AppError('embed-budget-exhausted', undefined, {
    retryAfterSeconds: Math.ceil(((dayOf(now) + 1) * DAY_MS - now) / 1000),
  });
}

/** Set aside and not used, while nobody is connected. */
const heldMs = ({ setAsideMs, connectedMs }: Session) => Math.max(0, setAsideMs - connectedMs);

/** Its live sessions end when it is deleted. */
async function embedOf(stores: Pick<Stores, 'embeds'>, { userId, embedId }: Session): Promise<Embed> {
  const embed = embedId === null ? undefined : await stores.embeds.find(userId, embedId);
  if (!embed) throw new AppError('session-ended');
  return embed;
}
