import type { Kysely } from 'kysely';

/** Pictures that stand behind the faces of agents. */
export function agentBackground() {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('agents').addColumn('background_key', 'text').execute();
    },
  };
}
