import { Readable } from 'node:stream';
import { IdParams } from '@visavis/protocol';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { readRecording } from '../../core/recordings/read-recording.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { byteRangeOf } from '../byte-range.ts';
import { namesTag } from '../conditional.ts';
import { answers } from '../openapi.ts';

const AUDIO = { 'audio/ogg': { schema: z.string().meta({ format: 'binary' }) } };

/** The recordings of sessions. */
export function recordingRoutes({ app, storage, recordings }: Api): void {
  const find = async (userId: number, { id }: { id: number }) => {
    if (!(await storage.read.sessions.find(userId, id))) throw new AppError('session-not-found');
  };
  app.get(
    '/sessions/:id/recording',
    {
      config: { access: { scope: 'sessions', find, sessionToken: true } },
      schema: {
        tags: ['Sessions'],
        operationId: 'getSessionRecording',
        summary: 'The recording of an ended session',
        description:
          'Stereo Opus in Ogg, the user left, the agent right as it was heard. Takes single ranges. The header ' +
          '`x-recording-started-at` says, in ms since 1970, when its first sample sounded. 404 `recording-not-found` where nothing was ' +
          'recorded; 409 `session-active` while the session is live.',
        params: IdParams,
        response: {
          ...answers({}),
          200: { description: 'The whole recording', content: AUDIO } as never,
          206: { description: 'The range that was asked for', content: AUDIO } as never,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const recording = await readRecording({ stores: storage.read, recordings }, callerOf(request).user.id, id);
      let sound: Readable | undefined;
      try {
        const tag = `"${recording.tag}"`;
        const { range: wanted, 'if-range': onlyIf, 'if-none-match': known } = request.headers;
        void reply.headers({
          'accept-ranges': 'bytes',
          etag: tag,
          'cache-control': 'private, no-cache',
          'x-recording-started-at': String(recording.startedAt),
          'x-content-type-options': 'nosniff',
        });
        if (namesTag(known, tag)) return await reply.code(304).send();
        const range = onlyIf === undefined || onlyIf === tag ? byteRangeOf(wanted, recording.bytes) : undefined;
        if (range === 'unsatisfiable') {
          void reply.header('content-range', `bytes */${recording.bytes}`);
          throw new AppError('range-not-satisfiable');
        }
        const { first, last } = range ?? { first: 0, last: recording.bytes - 1 };
        if (range) void reply.code(206).header('content-range', `bytes ${first}-${last}/${recording.bytes}`);
        void reply
          .type('audio/ogg')
          .header('content-disposition', `inline; filename="session-${id}.ogg"`)
          .header('content-length', last + 1 - first);
        if (request.method === 'HEAD') return await reply.send(Readable.from([], { objectMode: false }));
        sound = Readable.from(recording.read({ first, last }), { objectMode: false });
        sound.once('close', () => void recording.close());
        return await reply.send(sound);
      } finally {
        if (!sound) await recording.close();
      }
    },
  );
}
