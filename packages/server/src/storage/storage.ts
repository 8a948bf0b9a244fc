import type { Kysely } from 'kysely';
import type { Storage, Stores } from '../core/stores.ts';
import { createAgentStore } from './agent-store.ts';
import { createApiKeyStore } from './api-key-store.ts';
import { createAvatarStore } from './avatar-store.ts';
import { createEmbedStore } from './embed-store.ts';
import type { Engine, OpenDatabase } from './engine.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { createMessageStore } from './message-store.ts';
import { createProviderStore } from './provider-store.ts';
import type { Database } from './schema.ts';
import { createSessionStore } from './session-store.ts';
import { createSetUpLinkStore } from './set-up-link-store.ts';
import { createSignInStore } from './sign-in-store.ts';
import { createTimelineStore } from './timeline-store.ts';
import { createTryLinkStore } from './try-link-store.ts';
import { createUsageStore } from './usage-store.ts';
import { createUserStore } from './user-store.ts';

/** All stores over one open database. */
export function createStorage(database: OpenDatabase): Storage {
  return {
    read: createStores(database.read, database.engine, database.readLong),
    write: (work) => database.transaction((transaction) => work(createStores(transaction, database.engine, transaction))),
    close: database.close,
  };
}

/** @param long where queries that may take long run */
function createStores(database: Kysely<Database>, engine: Engine, long: Kysely<Database>): Stores {
  return {
    users: createUserStore(database),
    apiKeys: createApiKeyStore(database),
    signIns: createSignInStore(database),
    setUpLinks: createSetUpLinkStore(database),
    tryLinks: createTryLinkStore(database),
    idempotency: createIdempotencyStore(database),
    avatars: createAvatarStore(database),
    agents: createAgentStore(database),
    sessions: createSessionStore(database, engine, long),
    timeline: createTimelineStore(database),
    messages: createMessageStore(database),
    embeds: createEmbedStore(database),
    providers: createProviderStore(database),
    usage: createUsageStore(long),
  };
}
