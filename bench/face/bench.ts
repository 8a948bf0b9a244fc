import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { builtInFaces } from '../harness/built-in-faces.ts';
import { machine, report } from '../harness/machine.ts';
import { startProduct } from '../harness/product.ts';
import { measureDrift } from './drift.ts';
import { mostFacesHeld } from './faces-held.ts';
import { measureFirstPictures } from './first-pictures.ts';
import { measureLips } from './lips.ts';
import { measureRendering } from './rendering.ts';

/**
 * Faces of the built product over real WebRTC on loopback, with instant providers as in bench/voice.
 *   render_ms       one picture of 512x512 of a moving, speaking face, in this process: a character, and a photo where one can be had
 *   first_frame_ms  the POST of the offer -> the first picture out of a client's decoder
 *   lip_r, lip_lag_ms   opening of the lips in received pictures against what the received sound asks for (see `lips.ts`), with two controls: another
 *                   sentence's sound (`lip_r_wrong_audio`), and pictures that are 120 ms late (`lip_lag_found_ms`)
 *   sessions_held   most video sessions that were held for 60 s: the agent speaks 48 % of the time and the user 38 %, at least 24 pictures a
 *                   second while the agent speaks (12.5 are meant while it does not), 99 % of the sound's packets at most 30 ms later than
 *                   the earliest of their stream, all turns answered; the clients decode nothing
 *   drift_*         lips against sound of one session that talks for half an hour (see `drift.ts`); only where it is asked for
 *   --rows=render,first,lips,held   only these; `drift` is another one
 *   --minutes=30               how long `drift` takes
 *   --sessions=6               tries only this many sessions
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: 'render,first,lips,held' },
    sessions: { type: 'string' },
    minutes: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '60' },
    show: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rows = options.rows.split(',');
const begin = performance.now();
let figures: object = {};
const show = (name: string, result: object) => {
  figures = { ...figures, ...result };
  if (options.show) console.error(name, JSON.stringify(result, undefined, 1));
};

if (rows.includes('render')) show('render', await measureRendering());

if (rows.includes('lips')) show('lips', await measureLips());

if (rows.includes('drift')) show('drift', await measureDrift(Number(options.minutes), (line) => console.error(line)));

if (rows.includes('first') || rows.includes('held')) {
  const providers = fork(fileURLToPath(new URL('../voice/instant-providers.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx', '--conditions=source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const addresses = await new Promise<{ model: string; speech: string }>((resolve) =>
    providers.once('message', (message) => resolve(message as never)),
  );
  const product = await startProduct({
    OPENAI_BASE_URL: addresses.model,
    OPENAI_API_KEY: 'none',
    VISAVIS_LLM: 'openai/scripted',
    DEEPGRAM_BASE_URL: addresses.speech,
    DEEPGRAM_API_KEY: 'none',
    ELEVENLABS_BASE_URL: addresses.speech,
    ELEVENLABS_API_KEY: 'none',
    VISAVIS_MOST_FACES: '100',
  });
  const speech = { listen: { provider: 'deepgram' }, speak: { provider: 'elevenlabs' } };
  const turn = { silence: { nudge_after_seconds: null, end_after_seconds: null } };
  const newAgent = async (mark: string): Promise<number> =>
    (await product.call('POST', '/agents', { name: 'Bench', context: mark, properties: { speech, turn } })).agent.agent_id;

  if (rows.includes('first')) show('first', await measureFirstPictures(product, await newAgent('#short')));
  if (rows.includes('held')) {
    await builtInFaces(product);
    const trials = await mostFacesHeld({
      product,
      agentId: await newAgent('#nineteen'),
      providersPid: providers.pid ?? 0,
      wanted: options.sessions === undefined ? undefined : Number(options.sessions),
      seconds: Number(options.seconds),
    });
    const best = trials.filter(({ held }) => held).sort((a, b) => b.n - a.n)[0];
    show('held', { sessions_held: best?.n ?? 0, peer_cpu: (best ?? trials.at(-1))?.peer_cpu, held_trials: trials });
  }
  await product.stop();
  providers.kill();
}
report({
  bench: 'face',
  ...figures,
  n: 1,
  seconds: Math.round((performance.now() - begin) / 1000),
  load_1m: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]),
  ...machine(),
});
process.exit(0);
