import type { Agent } from '../agents/agent.ts';
import { AppError } from '../errors.ts';
import type { User } from '../users/user.ts';
import { createDeadlines, type Deadlines } from './deadlines.ts';
import type { EndDeps } from './end-session.ts';
import { createReplies, type Replies, type RepliesDeps } from './send-message.ts';
import type { SessionType } from './session.ts';
import type { SessionDefaults } from './start-session.ts';

/** Everything that happens to sessions while they are live. */
export interface LiveSessions extends EndDeps {
  replies: Replies;
  deadlines: Deadlines;
  defaults: SessionDefaults;
  /** What a new session of this type lacks on this server at this moment. */
  warningsFor(user: User, agent: Agent, type: SessionType): Promise<string[]>;
}

export function createLiveSessions(
  deps: RepliesDeps & { defaults: SessionDefaults; onError: (error: unknown) => void },
): LiveSessions {
  const { storage, host, now, defaults, onError } = deps;
  const replies = createReplies(deps);
  const endDeps = { storage, host, now, replies };
  return {
    ...endDeps,
    deadlines: createDeadlines({ ...endDeps, onError }),
    defaults,
    async warningsFor(user, agent, type) {
      const warnings = type === 'agent_chat' ? [] : ['voice-unavailable'];
      if (type === 'agent_video' || type === 'webrtc_video') warnings.push('video-unavailable');
      if (type === 'webrtc_video') return warnings;
      try {
        await deps.resolveModels(user, agent);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        warnings.push(error.code);
      }
      return warnings;
    },
  };
}
