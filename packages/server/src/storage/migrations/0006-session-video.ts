import type { Kysely } from 'kysely';

/** How the face is shown in one session, over what its agent says. */
export function sessionVideo() {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('sessions').addColumn('video', 'text').execute();
    },
  };
}
