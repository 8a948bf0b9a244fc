import type { ApiKeyStore } from './access/api-key.ts';
import type { IdempotencyStore } from './access/idempotency.ts';
import type { SetUpLinkStore } from './access/set-up-link.ts';
import type { SignInStore } from './access/sign-in.ts';
import type { TryLinkStore } from './access/try-links.ts';
import type { AgentStore } from './agents/agent.ts';
import type { AvatarStore } from './avatars/avatar.ts';
import type { EmbedStore } from './embeds/embed.ts';
import type { ProviderStore } from './providers/provider.ts';
import type { MessageStore } from './sessions/message.ts';
import type { SessionStore } from './sessions/session.ts';
import type { TimelineStore } from './sessions/timeline.ts';
import type { UsageStore } from './usage/usage.ts';
import type { UserStore } from './users/user.ts';

/** Everything that is stored. Each query of a user's data is filtered by its owner in the store itself. */
export interface Stores {
  users: UserStore;
  apiKeys: ApiKeyStore;
  signIns: SignInStore;
  setUpLinks: SetUpLinkStore;
  tryLinks: TryLinkStore;
  idempotency: IdempotencyStore;
  avatars: AvatarStore;
  agents: AgentStore;
  sessions: SessionStore;
  timeline: TimelineStore;
  messages: MessageStore;
  embeds: EmbedStore;
  providers: ProviderStore;
  usage: UsageStore;
}

export interface Storage {
  /** Reads what has been committed. */
  read: Stores;
  /** Runs `work` atomically; resolves when its writes are durable. `work` may await nothing but the stores. */
  write<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
