import { type Kysely, Migrator } from 'kysely';
import type { Engine } from './engine.ts';
import { foundation } from './migrations/0001-foundation.ts';
import { calls } from './migrations/0002-calls.ts';
import { tryLinks } from './migrations/0003-try-links.ts';
import { faces } from './migrations/0004-faces.ts';
import { embeds } from './migrations/0005-embeds.ts';
import { sessionVideo } from './migrations/0006-session-video.ts';
import { agentBackground } from './migrations/0007-agent-background.ts';
import { search } from './migrations/0008-search.ts';
import { answerTimes } from './migrations/0009-answer-times.ts';
import { timeline } from './migrations/0010-timeline.ts';
import { embedTime } from './migrations/0011-embed-time.ts';
import type { Database } from './schema.ts';

/** Brings the database to the newest schema; the one migration set serves both engines. */
export async function migrateToLatest(database: Kysely<Database>, engine: Engine): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: {
      getMigrations: async () => ({
        '0001-foundation': foundation(engine),
        '0002-calls': calls(engine),
        '0003-try-links': tryLinks(engine),
        '0004-faces': faces(),
        '0005-embeds': embeds(engine),
        '0006-session-video': sessionVideo(),
        '0007-agent-background': agentBackground(),
        '0008-search': search(engine),
        '0009-answer-times': answerTimes(engine),
        '0010-timeline': timeline(engine),
        '0011-embed-time': embedTime(engine),
      }),
    },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
