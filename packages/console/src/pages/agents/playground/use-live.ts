import { connectLive, type LiveMode, type LiveSession, type LiveState, type StartedLive } from '@visavis/client/live';
import type { TurnLatency } from '@visavis/protocol';
import { type RefObject, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { api } from '../../../api.ts';

/** The agent that is talked with. */
export interface TalkingAgent {
  id: number;
  name: string;
  language: string;
}

/** The conversation of this tab with one agent. */
export interface Live {
  session: LiveSession | undefined;
  /** undefined before the first conversation. */
  state: LiveState | undefined;
  /** When each stage of a reply's turn was reached, by reply. */
  timings: ReadonlyMap<string, TurnLatency>;
  /** The reply whose timings came last. */
  newestReply: string | undefined;
  /** Why no conversation could be begun. */
  problem: unknown;
  beginning: boolean;
  /** There is a conversation, or there is to be one: also where its call was refused, and it begins with the first message. */
  on: boolean;
  /** Goes on so; begins a conversation where there is none. Call it in answer to a tap or a key. */
  begin(mode: LiveMode): Promise<void>;
}

interface Elements {
  video: RefObject<HTMLVideoElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
}

const keyOf = (agentId: number) => `visavis.console.session.${agentId}`;

/** Whether this tab has a conversation with the agent, from before a reload. */
export function hasKeptSession(agentId: number): boolean {
  return sessionStorage.getItem(keyOf(agentId)) !== null;
}

/** A conversation that lasts over reloads; leaving the page leaves the call, and coming back joins it again. */
export function useLive(agent: TalkingAgent, { video, canvas }: Elements): Live {
  const [session, setSession] = useState<LiveSession>();
  const [timings, setTimings] = useState<ReadonlyMap<string, TurnLatency>>(new Map());
  const [newestReply, setNewestReply] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const [beginning, setBeginning] = useState(false);
  const [wanted, setWanted] = useState(false);
  const current = useRef<LiveSession>(undefined);
  const { id, language } = agent;

  const start = useCallback(
    async (type: StartedLive['session_type']): Promise<StartedLive> => {
      const { session: started } = await api.sessions.create({
        agent_id: id,
        session_type: type,
        metadata: { source: 'console' },
      });
      return { ...started, language };
    },
    [id, language],
  );
  const open = useCallback(
    (how: { mode?: LiveMode; session?: StartedLive }) => {
      current.current?.close();
      const made = connectLive({
        client: api,
        session: how.session ?? start,
        keep: { store: sessionStorage, key: keyOf(id) },
        media: { ...(video.current && { video: video.current }), ...(canvas.current && { canvas: canvas.current }) },
        ...(how.mode && { mode: how.mode }),
      });
      current.current = made;
      /** Nobody waited for what the agent says by itself. */
      const unasked = new Set<string>();
      made.on('event', (event) => {
        if (event.type === 'reply.start' && event.source !== 'speech' && event.source !== 'text') unasked.add(event.reply_id);
      });
      made.on('reply', () => {
        if (made.state.problem?.code === 'slow-provider') made.dismissProblem();
      });
      made.on('timings', ({ replyId, latency }) => {
        if (unasked.has(replyId)) return;
        setTimings((before) => new Map(before).set(replyId, latency));
        setNewestReply(replyId);
      });
      setTimings(new Map());
      setNewestReply(undefined);
      setSession(made);
    },
    [id, start, video, canvas],
  );

  useEffect(() => {
    if (hasKeptSession(id)) open({});
    return () => {
      current.current?.close();
      current.current = undefined;
      setSession(undefined);
    };
  }, [id, open]);

  const begin = async (mode: LiveMode) => {
    setProblem(undefined);
    if (session && session.state.connection !== 'ended') return session.setMode(mode);
    if (mode !== 'chat') {
      setWanted(true);
      return open({ mode });
    }
    // So that the greeting is there before the first message.
    setBeginning(true);
    try {
      open({ mode, session: await start('agent_chat') });
    } catch (error) {
      setProblem(error);
    } finally {
      setBeginning(false);
    }
  };

  const subscribe = useCallback((listener: () => void) => session?.on('state', listener) ?? (() => undefined), [session]);
  const state = useSyncExternalStore(subscribe, () => session?.state);
  const on = session !== undefined && (wanted || state?.sessionId !== undefined || state?.connection === 'ended');
  return { session, state, timings, newestReply, problem, beginning, on, begin };
}
