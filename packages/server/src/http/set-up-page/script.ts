/**
 * What the set-up page does. The token is behind the `#` of the address, where no server and no log sees it, and is taken
 * out of the address bar and the history at once.
 */
export const SCRIPT = `
const given = new URLSearchParams(location.hash.slice(1));
const token = given.get('token');
history.replaceState(null, '', location.pathname);
const byId = (id) => document.getElementById(id);
const form = byId('form');
const fields = ['email', 'name', 'password'];

const show = (id) => {
  for (const part of ['missing', 'start', 'done']) byId(part).hidden = part !== id;
  if (id !== 'start') byId(id).querySelector('h1').focus();
};

const tell = (name, text) => {
  byId(name + '-wrong').textContent = text;
  const input = byId(name);
  if (!input) return;
  if (text) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
};

/** Tells every problem beside its field and goes to the first one. */
const tellAll = (problems) => {
  for (const name of [...fields, 'form']) tell(name, problems[name] ?? '');
  const first = fields.find((name) => problems[name]);
  if (first) byId(first).focus();
};

const problemsOf = (values) => {
  const problems = {};
  if (!byId('email').validity.valid) problems.email = 'Please enter an e-mail address, such as you@example.org.';
  if ([...values.password].length < 10) problems.password = 'Please use at least 10 characters.';
  return problems;
};

/** What an answer of the server means to the person in front of the page. */
const problemsIn = (answer, status) => {
  if (answer.code === 'set-up-link-invalid')
    return { form: 'This link was used already or has run out. Restart the server for a new one, or ask the person who invited you.' };
  if (answer.code === 'email-taken') return { email: 'Somebody else has this e-mail address here already.' };
  if (answer.code === 'origin-not-allowed')
    return { form: 'This server does not know the address ' + location.origin + '. Open the link just as it was printed, or set VISAVIS_PUBLIC_URL.' };
  const known = Object.entries(answer.details ?? {}).filter(([name]) => fields.includes(name));
  if (known.length > 0) return Object.fromEntries(known.map(([name, text]) => [name, 'This ' + text + '.']));
  return { form: answer.error ?? 'The server answered with an error (' + status + '). Please try again.' };
};

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const values = { token, email: byId('email').value.trim(), password: byId('password').value };
  if (byId('name').value.trim()) values.name = byId('name').value.trim();
  const problems = problemsOf(values);
  tellAll(problems);
  if (Object.keys(problems).length > 0) return;
  byId('send').disabled = true;
  try {
    const answer = await fetch('/api/v1/auth/setup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(values),
    });
    const body = await answer.json();
    if (answer.ok) {
      byId('who').textContent = body.user.email;
      form.reset();
      show('done');
    } else tellAll(problemsIn(body, answer.status));
  } catch {
    tellAll({ form: 'The server cannot be reached. Is it running? Nothing was changed; please try again.' });
  } finally {
    byId('send').disabled = false;
  }
});

byId('reveal').addEventListener('change', (event) => {
  byId('password').type = event.target.checked ? 'text' : 'password';
});

if (given.get('email')) {
  byId('email').value = given.get('email');
  byId('email').readOnly = true;
}
show(token ? 'start' : 'missing');
if (token) byId(given.get('email') ? 'name' : 'email').focus();
`;
