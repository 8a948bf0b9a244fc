/** A token, or where to get the one that is good now. `rejected` is one that the server has just refused. */
export type TokenSource = string | ((rejected?: string) => string | Promise<string>);

/**
 * Who calls. `apiKey`: a program (never put one into a page). `accessToken`: a signed-in user. `sessionToken`: whoever takes part in one
 * session.
 */
export type Credentials = { apiKey: string } | { accessToken: TokenSource } | { sessionToken: TokenSource };

type CredentialHeaders = Record<string, string>;

/** The headers that say who calls. */
export interface Bearer {
  headers(): Promise<CredentialHeaders>;
  /** Headers with a newer token than the refused one; undefined where there is none. */
  renewed(refused: CredentialHeaders): Promise<CredentialHeaders | undefined>;
}

export function createBearer(credentials: Credentials | undefined): Bearer {
  if (!credentials) return fixed({});
  if ('apiKey' in credentials) return fixed({ 'x-api-key': credentials.apiKey });
  const source = 'accessToken' in credentials ? credentials.accessToken : credentials.sessionToken;
  if (typeof source === 'string') return fixed(bearing(source));
  return {
    headers: async () => bearing(await source()),
    async renewed(refused) {
      const newer = bearing(await source(refused.authorization?.slice('Bearer '.length)));
      return newer.authorization === refused.authorization ? undefined : newer;
    },
  };
}

const bearing = (token: string): CredentialHeaders => ({ authorization: `Bearer ${token}` });
const fixed = (headers: CredentialHeaders): Bearer => ({ headers: async () => headers, renewed: async () => undefined });
