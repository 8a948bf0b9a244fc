import type { Agent } from '../agents/agent.ts';
import type { CallHost, UpgradeRequest } from '../calls/call-host.ts';
import { type CallLog, type CallLogDeps, createCallLog } from '../calls/call-log.ts';
import { type CallOffer, type CallSpeech, type ConnectDeps, connectCall, driveCall } from '../calls/connect-call.ts';
import { AppError } from '../errors.ts';
import type { User } from '../users/user.ts';
import { createDeadlines, type Deadlines } from './deadlines.ts';
import { type EndDeps, endSession } from './end-session.ts';
import type { Message } from './message.ts';
import { createReplies, type Replies, type RepliesDeps } from './send-message.ts';
import type { SessionType } from './session.ts';
import { createSessionEvents, type SessionEvents } from './session-events.ts';
import type { SessionHost } from './session-host.ts';
import type { SessionDefaults } from './start-session.ts';
import { createNotes, type NoteEvent } from './timeline.ts';

/** Everything that happens to sessions while they are live. */
export interface LiveSessions extends EndDeps {
  host: SessionHost & CallHost;
  replies: Replies;
  callLog: CallLog;
  deadlines: Deadlines;
  events: SessionEvents;
  /** Keeps something that happened in a session. */
  note: NoteEvent;
  defaults: SessionDefaults;
  iceServers: ConnectDeps['iceServers'];
  /** Answers the offer of a client that joins its session's call. */
  connect(user: User, sessionId: number, offer: CallOffer): Promise<string>;
  /** Hands the WebSocket of a client over to the worker of its session. */
  drive(user: User, sessionId: number, upgrade: UpgradeRequest): Promise<void>;
  /** What a new session of this type lacks on this server at this moment. */
  warningsFor(user: User, agent: Agent, type: SessionType, voiceId: string | null): Promise<string[]>;
  /** Hangs up every call because the server stops; their clients are told to come back. */
  hangUpAll(): Promise<void>;
}

/** Who listens and speaks, and what of that is not as it was wished. */
export type ResolveSpeech = (user: User, agent: Agent, voiceId: string | null) => Promise<CallSpeech & { warnings: string[] }>;

export interface LiveSessionsDeps
  extends Omit<RepliesDeps, 'announce' | 'host'>,
    Pick<ConnectDeps, 'iceServers' | 'greetingOf' | 'resolveFace' | 'resolveVoices'>,
    Pick<CallLogDeps, 'present' | 'observeFailure'> {
  host: SessionHost & CallHost;
  resolveSpeech: ResolveSpeech;
  defaults: SessionDefaults;
  observeSpoken: (reply: Message) => void;
  onError: (error: unknown) => void;
}

export function createLiveSessions(deps: LiveSessionsDeps): LiveSessions {
  const { storage, host, now, defaults, onError } = deps;
  const events = createSessionEvents();
  const note = createNotes(deps);
  const replies = createReplies({
    ...deps,
    observe(outcome) {
      const { session, reply, error } = outcome;
      if (error) note(session.id, { type: 'reply-failed', code: error.code });
      else if (reply?.interrupted) note(session.id, interruptionOf(reply));
      deps.observe(outcome);
    },
    announce(message) {
      const event = { type: 'message', message: deps.present(message) } as const;
      events.publish(message.sessionId, event);
      host.tell(message.sessionId, event);
    },
  });
  const callLog: CallLog = createCallLog({
    ...deps,
    events,
    observe: deps.observeSpoken,
    end: (userId, sessionId, reason) => endSession(endDeps, userId, sessionId, { reason }),
  });
  const endDeps = { storage, host, now, replies, callLog, events };
  const connectDeps = { ...deps, log: callLog, replies };
  return {
    ...endDeps,
    note,
    deadlines: createDeadlines({ ...endDeps, onError }),
    defaults,
    iceServers: deps.iceServers,
    connect: (user, sessionId, offer) => connectCall(connectDeps, user, sessionId, offer),
    drive: (user, sessionId, upgrade) => driveCall(connectDeps, user, sessionId, upgrade),
    async warningsFor(user, agent, type, voiceId) {
      const warnings: string[] = [];
      if (type === 'webrtc_video') {
        if ((await deps.resolveVoices(user, agent, voiceId)).length === 0) warnings.push('voice-unavailable');
      } else if (type !== 'agent_chat') {
        const speech = await codeOf(() => deps.resolveSpeech(user, agent, voiceId));
        warnings.push(...('failed' in speech ? ['voice-unavailable'] : speech.got.warnings));
      }
      if (type === 'agent_video' || type === 'webrtc_video') {
        const face = await codeOf(() => deps.resolveFace(user, agent));
        warnings.push(...('failed' in face ? ['video-unavailable'] : face.got.warnings));
      }
      if (type === 'webrtc_video') return warnings;
      const models = await codeOf(() => deps.resolveModels(user, agent));
      if ('failed' in models) warnings.push(models.failed);
      return warnings;
    },
    async hangUpAll() {
      await Promise.all(
        host.calls().map(async (sessionId) => {
          await host.hangUp(sessionId, { type: 'server.restarting' });
          await callLog.finish(sessionId, 'server-restarting');
        }),
      );
    },
  };
}

function interruptionOf({ id, spokenMs }: Message) {
  return { type: 'interrupted', message_id: id, ...(spokenMs !== null && { spoken_ms: spokenMs }) } as const;
}

/** What something gives, or the code of what prevents it. */
async function codeOf<T>(work: () => Promise<T>): Promise<{ got: T } | { failed: AppError['code'] }> {
  try {
    return { got: await work() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { failed: error.code };
  }
}
