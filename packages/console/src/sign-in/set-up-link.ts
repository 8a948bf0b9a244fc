/** Where set-up links and invitations lead. */
export const SET_UP_PATH = '/setup';

/** What a set-up link or an invitation holds behind its `#`, where no server and no log sees it. */
export interface SetUpLink {
  token: string;
  /** Of an invitation: who was invited. */
  email: string | undefined;
}

/** Taken out of the address bar and the history at once: it is imported before the router reads the address. */
export const setUpLink = take();

// A link that is put into the address bar of this very page only changes what is behind the `#`.
addEventListener('hashchange', () => {
  if (location.pathname === SET_UP_PATH && tokenOf(location.hash)) location.reload();
});

function take(): SetUpLink | undefined {
  if (location.pathname !== SET_UP_PATH) return undefined;
  const { hash } = location;
  history.replaceState(null, '', SET_UP_PATH);
  const token = tokenOf(hash);
  return token ? { token, email: new URLSearchParams(hash.slice(1)).get('email') ?? undefined } : undefined;
}

function tokenOf(hash: string): string | null {
  return new URLSearchParams(hash.slice(1)).get('token');
}
