import { IdParams, TimelineAnswer } from '@visavis/protocol';
import { AppError } from '../../core/errors.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { presentTimeline } from '../present/timeline.ts';

/** What happened in a session, live or ended. */
export function sessionTimelineRoutes({ app, storage }: Api): void {
  const find = async (userId: number, { id }: { id: number }) => {
    if (!(await storage.read.sessions.find(userId, id))) throw new AppError('session-not-found');
  };
  app.get(
    '/sessions/:id/timeline',
    {
      config: { access: { scope: 'sessions', find } },
      schema: {
        tags: ['Sessions'],
        operationId: 'getSessionTimeline',
        summary: 'What happened in a session',
        description:
          'What is kept besides messages, of live and of ended sessions: who joined and left and why, switches between chat, voice and ' +
          'video, interruptions, failures of providers, pictures that got worse or better, notices, the end. Sessions of servers older ' +
          'than this have nothing.',
        params: IdParams,
        response: answers({ 200: TimelineAnswer }),
      },
    },
    async (request) => {
      const { user } = callerOf(request);
      await find(user.id, request.params);
      return presentTimeline(await storage.read.timeline.list(user.id, request.params.id));
    },
  );
}
