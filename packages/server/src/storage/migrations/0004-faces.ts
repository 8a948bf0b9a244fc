import type { Kysely } from 'kysely';

/** Faces that are built of the pictures of avatars. Those that are there are built at the next start. */
export function faces() {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const table = () => db.schema.alterTable('avatars');
      await table().addColumn('character', 'text').execute();
      await table().addColumn('asset_key', 'text').execute();
      await table().addColumn('asset_version', 'integer').execute();
      await table().addColumn('preview_key', 'text').execute();
      await table()
        .addColumn('take_largest', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema.createIndex('avatars_by_status').on('avatars').column('status').execute();
    },
  };
}
