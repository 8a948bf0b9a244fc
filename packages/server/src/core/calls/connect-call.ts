import type { AgentProperties, VideoSettings } from '@visavis/protocol';
import type { Agent } from '../agents/agent.ts';
import type { Now } from '../clock.ts';
import type { LanguageModelEndpoint } from '../conversation.ts';
import { AppError } from '../errors.ts';
import { segmentName } from '../recordings/segment-name.ts';
import { historyOf } from '../sessions/history.ts';
import { instructionsOf } from '../sessions/instructions.ts';
import type { Replies } from '../sessions/send-message.ts';
import type { SessionOverview } from '../sessions/session.ts';
import type { Storage, Stores } from '../stores.ts';
import type { User } from '../users/user.ts';
import type { CallHost, CallHosting, ConnectRequest, JoinTerms, UpgradeRequest } from './call-host.ts';
import type { CallLog } from './call-log.ts';
import type { ResolvedFace } from './face-spec.ts';
import type { IceServer } from './transport.ts';
import { turnSettingsOf } from './turn-settings.ts';
import type { EarsEndpoint, VoiceEndpoint } from './voice-spec.ts';

/** Who listens and speaks in the calls with an agent. */
export interface CallSpeech {
  ears: EarsEndpoint[];
  voices: VoiceEndpoint[];
}

export interface ConnectDeps {
  storage: Storage;
  host: CallHost;
  log: Pick<CallLog, 'begin'>;
  replies: Pick<Replies, 'cancelAll'>;
  resolveModels: (user: User, agent: Agent) => Promise<LanguageModelEndpoint[]>;
  /** @throws AppError `no-speech-model`, `speech-model-loading` */
  resolveSpeech: (user: User, agent: Agent, voiceId: string | null) => Promise<CallSpeech>;
  /** Who can say texts for an agent at this moment; none where nobody can. */
  resolveVoices: (user: User, agent: Agent, voiceId: string | null) => Promise<VoiceEndpoint[]>;
  /** The face of a session's agent. @throws AppError `no-capacity` where this server shows none */
  resolveFace: (user: User, agent: Agent, wish?: VideoSettings) => Promise<ResolvedFace>;
  now: Now;
  iceServers: (sessionId: number) => IceServer[];
  /** What is said to who joins first. */
  greetingOf: (agent: Agent) => string | undefined;
}

/** A client's offer, and how it wants to see the agent, where it does. */
export interface CallOffer {
  offer: string;
  video?: VideoSettings | undefined;
  /** Who draws the face, where there is one. */
  face?: 'server' | 'client' | undefined;
}

/** A written reply in the making is cut off when its session becomes a call; it may take so long to be stored, in ms. */
const CUT_OFF_MS = 500;

/**
 * Joins a client to its session's call: the first one begins it, later ones (after a reload, a change of network) take the place of
 * the one before. Answers the client's offer.
 */
export async function connectCall(
  deps: ConnectDeps,
  user: User,
  sessionId: number,
  { offer, video, face: drawnBy }: CallOffer,
): Promise<string> {
  const { session, agent } = await sessionAndAgent(deps, user, sessionId);
  if (session.type === 'agent_chat') {
    throw new AppError('session-type-conflict', 'A chat has no call; switch it with PATCH {"session_type": "agent_voice"} first');
  }
  if (session.type === 'webrtc_video') {
    return deps.host.connect({ sessionId, offer, ...(await drivenCallOf(deps, user, session, agent, video)) });
  }
  const face = session.type === 'agent_video' ? await deps.resolveFace(user, agent, wishOf(session, video)) : undefined;
  return deps.host.connect({
    sessionId,
    offer,
    terms: { sessionType: session.type, ...(drawnBy === 'client' ? drawnByClient(face) : { face: face?.spec }) },
    host: async () => {
      const [models, speech] = await Promise.all([
        deps.resolveModels(user, agent),
        deps.resolveSpeech(user, agent, session.voiceId),
      ]);
      await deps.replies.cancelAll(sessionId, CUT_OFF_MS);
      const hosting = await deps.storage.write((stores) => hostingOf(deps, stores, { session, agent, models, speech }));
      deps.log.begin({ sessionId, epoch: hosting.epoch, userId: user.id });
      return hosting;
    },
  });
}

function drawnByClient(face: ResolvedFace | undefined): Pick<JoinTerms, 'face' | 'clientFace'> {
  if (!face) return { face: undefined };
  if (!face.forClient) throw new AppError('no-capacity', 'No face can be shown yet: the built-in characters are being drawn');
  return { face: undefined, clientFace: face.forClient };
}

/**
 * Hands the WebSocket of a client over to the worker of its session, which goes on with it. While this throws, the socket is still here.
 * @throws AppError `session-not-found`, `session-ended`, `session-type-conflict`, `no-capacity`, `worker-lost`
 */
export async function driveCall(deps: ConnectDeps, user: User, sessionId: number, upgrade: UpgradeRequest): Promise<void> {
  const { session, agent } = await sessionAndAgent(deps, user, sessionId);
  if (session.type !== 'webrtc_video') {
    throw new AppError('session-type-conflict', 'This socket is for sessions of the type webrtc_video');
  }
  await deps.host.drive({ sessionId, upgrade, ...(await drivenCallOf(deps, user, session, agent)) });
}

async function sessionAndAgent({ storage }: ConnectDeps, user: User, sessionId: number) {
  const session = await storage.read.sessions.overview(user.id, sessionId);
  if (!session) throw new AppError('session-not-found');
  if (session.status !== 'active') throw new AppError('session-ended');
  const agent = await storage.read.agents.find(user.id, session.agentId);
  if (!agent) throw new AppError('agent-not-accessible');
  return { session, agent };
}

/** What a session asks for, and its client over it, key by key. */
function wishOf(session: SessionOverview, ofClient: VideoSettings | undefined): VideoSettings {
  return { ...session.video, ...ofClient };
}

/** A call that its client drives: a face, and a voice where one is ready. */
async function drivenCallOf(
  deps: ConnectDeps,
  user: User,
  session: SessionOverview,
  agent: Agent,
  video?: VideoSettings,
): Promise<Pick<ConnectRequest, 'terms' | 'host'>> {
  const [{ spec: face }, voices] = await Promise.all([
    deps.resolveFace(user, agent, wishOf(session, video)),
    deps.resolveVoices(user, agent, session.voiceId),
  ]);
  return {
    terms: { sessionType: session.type, face, voice: { language: session.language, voices } },
    host: async () => {
      const epoch = await deps.storage.write((stores) => stores.sessions.claim(session.id));
      if (epoch === undefined) throw new AppError('session-ended');
      deps.log.begin({ sessionId: session.id, epoch, userId: user.id });
      return {
        epoch,
        call: {
          // Somebody was connected before this worker.
          resumed: session.connectedSince !== null || session.connectedMs > 0,
          recordIn: undefined,
          iceServers: deps.iceServers(session.id),
          driven: { sessionId: session.id, endAfterSilenceMs: silenceOf(agent) ?? session.idleTimeoutMs },
        },
      };
    },
  };
}

/** Only what the agent says itself: the silence that conversations end after is short for a program that waits. */
function silenceOf(agent: Agent): number | undefined {
  const seconds = (agent.properties as AgentProperties | null)?.turn?.silence?.end_after_seconds;
  return seconds === undefined || seconds === null ? undefined : seconds * 1_000;
}

async function hostingOf(
  deps: ConnectDeps,
  stores: Stores,
  {
    session,
    agent,
    models,
    speech,
  }: { session: SessionOverview; agent: Agent; models: LanguageModelEndpoint[]; speech: CallSpeech },
): Promise<CallHosting> {
  const epoch = await stores.sessions.claim(session.id);
  const fresh = await stores.sessions.find(session.userId, session.id);
  if (epoch === undefined || !fresh) throw new AppError('session-ended');
  const messages = await stores.messages.turns(session.userId, session.id);
  return {
    epoch,
    call: {
      resumed: fresh.greeted || messages.length > 0,
      recordIn: isRecorded(agent) ? `${session.id}/${segmentName({ epoch, startedAt: deps.now() })}` : undefined,
      iceServers: deps.iceServers(session.id),
      conversation: {
        sessionId: session.id,
        instructions: instructionsOf(agent),
        history: historyOf(messages, Number.POSITIVE_INFINITY),
        models,
        voice: {
          language: session.language,
          ears: speech.ears,
          voices: speech.voices,
          turn: turnSettingsOf(agent),
          greeting: fresh.greeted ? undefined : deps.greetingOf(agent),
          endsAt: fresh.expiresAt,
        },
      },
    },
  };
}

/** Whether calls with this agent are recorded. */
export function isRecorded(agent: Pick<Agent, 'properties'>): boolean {
  return (agent.properties as AgentProperties | null)?.recording?.enabled ?? false;
}
