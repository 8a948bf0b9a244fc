import { ApiError, type Client, createClient, type SessionTypeName } from '@visavis/client';
import type { StartedLive } from '@visavis/client/live';

/** Who has opened the page: somebody signed in, somebody with a link, or somebody with neither. */
export type Visitor = { kind: 'link' } | { kind: 'user'; agentName: string; language: string } | { kind: 'nobody' };

/** Opens sessions for whoever is here. */
export interface Entrance {
  readonly client: Client;
  /** The page was opened with a link just now: what this tab had before is of no interest. */
  isNewLink: boolean;
  /** Finds out who is here. Throws `ApiError` `agent-not-found` for a user whose agent it is not. */
  find(): Promise<Visitor>;
  signIn(email: string, password: string): Promise<void>;
  /** Uses the link up, or makes a session as the user who is signed in. */
  start(type: SessionTypeName): Promise<StartedLive>;
}

/** A signed-in user's token lives for 15 minutes; it is renewed before. */
const USER_TOKEN_MS = 10 * 60_000;

/**
 * Takes the link's token from behind the `#`, and out of the address bar and the history at once. Until it is exchanged it is kept in
 * this tab alone, so that a reload before the first word does not lose it.
 */
export function createEntrance(agentId: number, store: Storage): Entrance {
  const key = `visavis.try.link.${agentId}`;
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  if (given !== null) store.setItem(key, given);

  let user: { token: string; at: number } | undefined;
  const nobody = createClient();
  const userToken = async () => {
    if (user && performance.now() - user.at < USER_TOKEN_MS) return user.token;
    const { access_token } = await nobody.auth.refresh();
    user = { token: access_token, at: performance.now() };
    return access_token;
  };
  const client = nobody.as({ accessToken: userToken });

  return {
    client,
    isNewLink: given !== null,

    async find() {
      if (store.getItem(key) !== null) return { kind: 'link' };
      try {
        const agent = await client.agents.get(agentId);
        return { kind: 'user', agentName: agent.name, language: agent.language };
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return { kind: 'nobody' };
        throw error;
      }
    },

    async signIn(email, password) {
      const { access_token } = await client.auth.signIn({ email, password });
      user = { token: access_token, at: performance.now() };
    },

    async start(type) {
      const token = store.getItem(key);
      if (token !== null) {
        try {
          const session = await client.tryLinks.exchange({ token, session_type: type });
          store.removeItem(key);
          return session;
        } catch (error) {
          if (error instanceof ApiError && error.code === 'try-link-invalid') store.removeItem(key);
          throw error;
        }
      }
      const body = { agent_id: agentId, session_type: type, metadata: { source: 'try-page' } };
      const { session } = await client.sessions.create(body);
      const { language } = await client.agents.get(agentId);
      return { ...session, language };
    },
  };
}
