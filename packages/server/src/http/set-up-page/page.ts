import { createHash } from 'node:crypto';
import type { App } from '../api.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** Only what is written here runs, and it talks to this server only. */
const POLICY = [
  "default-src 'none'",
  `script-src '${hashOf(SCRIPT)}'`,
  `style-src '${hashOf(STYLE)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Set up your account – Visavis</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<section id="missing">
  <h1 tabindex="-1">This page needs a set-up link</h1>
  <p>Open the whole link, with everything behind the “#”. The server prints one when it starts, as long as its administrator
    has no password; an invitation holds one, too. A link is good once, and a page that was reloaded needs it again.</p>
  <noscript><p>This page also needs JavaScript.</p></noscript>
</section>
<section id="start" hidden>
  <h1>Set up your account</h1>
  <p>With this e-mail address and password you sign in from now on.</p>
  <form id="form" novalidate>
    <div class="field">
      <label for="email">E-mail address</label>
      <input id="email" type="email" autocomplete="username" required maxlength="254" aria-describedby="email-wrong">
      <span class="wrong" id="email-wrong" role="alert"></span>
    </div>
    <div class="field">
      <label for="name">Your name (optional)</label>
      <input id="name" type="text" autocomplete="name" maxlength="200" aria-describedby="name-wrong">
      <span class="wrong" id="name-wrong" role="alert"></span>
    </div>
    <div class="field">
      <label for="password">Password</label>
      <input id="password" type="password" autocomplete="new-password" required maxlength="200"
        aria-describedby="password-hint password-wrong">
      <span class="hint" id="password-hint">At least 10 characters. A short sentence is easy to remember.</span>
      <span class="wrong" id="password-wrong" role="alert"></span>
      <span class="reveal"><input id="reveal" type="checkbox"><label for="reveal">Show the password</label></span>
    </div>
    <span class="wrong" id="form-wrong" role="alert"></span>
    <button id="send" type="submit">Set up and sign in</button>
  </form>
</section>
<section id="done" hidden>
  <h1 tabindex="-1">You are all set</h1>
  <p>You are signed in as <strong id="who"></strong>. What you can do next:</p>
  <ul>
    <li><a href="/">Open Visavis</a></li>
    <li><a href="/docs">Read the API reference and try it</a>, with the API key that was printed at the server’s first start
      or one that you make (<code>POST /api/v1/keys</code>).</li>
  </ul>
</section>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;

/** The page behind set-up links and invitations: one file, nothing from elsewhere. */
export function setUpPage(app: App): void {
  app.get('/setup', { schema: { hide: true } as never }, async (_request, reply) =>
    reply
      .header('content-security-policy', POLICY)
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(PAGE as never),
  );
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
