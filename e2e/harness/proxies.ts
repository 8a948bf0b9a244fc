import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './product.ts';

const deploy = (file: string) => fileURLToPath(new URL(`../../deploy/${file}`, import.meta.url));

/** A reverse proxy with HTTPS for `localhost`, set up by a file of `deploy/`. */
export interface ReverseProxy {
  process: ChildProcess;
  /** What it printed and wrote into its log. */
  log(): string;
}

export interface ProxyOptions {
  port: number;
  /** The port of the server behind it. */
  upstream: number;
  certificate: { cert: string; key: string };
}

/** Where programs of Debian are. */
const PROGRAMS = { caddy: '/usr/bin/caddy', nginx: '/usr/sbin/nginx' };

export const isInstalled = (name: keyof typeof PROGRAMS): boolean => existsSync(PROGRAMS[name]);

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A certificate for `localhost`, good for a day. */
export function selfSigned(): { cert: string; key: string } {
  const folder = temporaryFolder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const options = [
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  ];
  execFileSync('openssl', ['req', '-x509', ...options, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}

/** Caddy with `deploy/Caddyfile`, but with this certificate instead of one from the internet. */
export function startCaddy({ port, upstream, certificate }: ProxyOptions): ReverseProxy {
  const folder = temporaryFolder();
  const site = readFileSync(deploy('Caddyfile'), 'utf8').replace(
    '{$DOMAIN} {',
    `{$DOMAIN} {\n\ttls ${certificate.cert} ${certificate.key}`,
  );
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n\n${site}`);
  const env = {
    ...process.env,
    DOMAIN: `localhost:${port}`,
    UPSTREAM: `127.0.0.1:${upstream}`,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
  return launch(PROGRAMS.caddy, ['run', '--config', file, '--adapter', 'caddyfile'], env, () => '');
}

/** nginx with `deploy/nginx.conf`, but with this certificate, these ports, and its log in a folder of its own. */
export function startNginx({ port, upstream, certificate }: ProxyOptions): ReverseProxy {
  const folder = temporaryFolder();
  const log = join(folder, 'visavis.log');
  mkdirSync(join(folder, 'temporary'));
  const site = readFileSync(deploy('nginx.conf'), 'utf8')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replace('listen [::]:443 ssl;', '')
    .replaceAll('agents.example.com', 'localhost')
    .replace(/ssl_certificate .*;/, `ssl_certificate ${certificate.cert};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${certificate.key};`)
    .replace('/var/log/nginx/visavis.log', log)
    .replace('http://127.0.0.1:3000', `http://127.0.0.1:${upstream}`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/temporary/${name};`,
  );
  const file = join(folder, 'nginx.conf');
  const main = `daemon off;\npid ${folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n${paths.join('\n')}\n${site}\n}\n`;
  writeFileSync(file, main);
  return launch(PROGRAMS.nginx, ['-c', file, '-p', folder], process.env, () =>
    existsSync(log) ? readFileSync(log, 'utf8') : '',
  );
}

function launch(program: string, args: string[], env: NodeJS.ProcessEnv, written: () => string): ReverseProxy {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  return { process: child, log: () => printed + written() };
}
