import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AppError } from '../core/errors.ts';
import type { Message } from '../core/sessions/message.ts';

/** What Prometheus reads at `/metrics`. Nothing anybody said is in it, and no label grows with users. */
export interface Metrics {
  request(observation: { method: string; route: string; status: number; seconds: number }): void;
  turn(outcome: { reply?: Message; error?: AppError; milliseconds: number }): void;
  /** A spoken reply was stored. */
  spoken(reply: Message): void;
  providerFailed(provider: string, kind: string): void;
  render(): Promise<string>;
  readonly contentType: string;
}

/** What is counted when it is asked for. */
export interface MetricSources {
  liveSessions(): Promise<Array<{ type: string; count: number }>>;
  modelQueue(): { running: number; waiting: number };
  workersReady(): number;
  hostedConversations(): number;
}

const TURN_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export function createMetrics(sources: MetricSources): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });

  const requests = new Histogram({
    name: 'visavis_http_request_seconds',
    help: 'HTTP requests, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const turns = new Counter({ name: 'visavis_turns_total', help: 'Turns, by outcome', labelNames: ['outcome'], registers });
  const firstToken = new Histogram({
    name: 'visavis_turn_first_token_seconds',
    help: 'Until the first token of a reply',
    buckets: TURN_SECONDS,
    registers,
  });
  const total = new Histogram({
    name: 'visavis_turn_seconds',
    help: 'Until a reply was whole and stored',
    buckets: TURN_SECONDS,
    registers,
  });
  const stages = new Histogram({
    name: 'visavis_spoken_turn_seconds',
    help: 'From the last sound of the user to each stage of the spoken reply',
    labelNames: ['stage'],
    buckets: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30],
    registers,
  });
  const spokenReplies = new Counter({
    name: 'visavis_spoken_replies_total',
    help: 'Spoken replies, by whether they were heard to their end',
    labelNames: ['outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'visavis_provider_failures_total',
    help: 'Failed calls of language model providers',
    labelNames: ['provider', 'kind'],
    registers,
  });
  new Gauge({
    name: 'visavis_sessions_live',
    help: 'Live sessions, by type',
    labelNames: ['type'],
    registers,
    async collect() {
      this.reset();
      for (const { type, count } of await sources.liveSessions()) this.set({ type }, count);
    },
  });
  new Gauge({
    name: 'visavis_model_queue',
    help: 'Requests at the local language model',
    labelNames: ['state'],
    registers,
    collect() {
      const { running, waiting } = sources.modelQueue();
      this.set({ state: 'running' }, running);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  new Gauge({
    name: 'visavis_workers_ready',
    help: 'Workers that are up',
    registers,
    collect() {
      this.set(sources.workersReady());
    },
  });
  new Gauge({
    name: 'visavis_conversations_hosted',
    help: 'Sessions that a worker holds',
    registers,
    collect() {
      this.set(sources.hostedConversations());
    },
  });

  return {
    request: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds),
    turn({ reply, error, milliseconds }) {
      turns.inc({ outcome: error ? error.code : reply?.interrupted ? 'interrupted' : 'answered' });
      total.observe(milliseconds / 1000);
      if (reply?.latency?.first_token !== undefined) firstToken.observe(reply.latency.first_token / 1000);
    },
    spoken({ interrupted, latency }) {
      spokenReplies.inc({ outcome: interrupted ? 'interrupted' : 'heard' });
      for (const [stage, ms] of Object.entries(latency ?? {})) {
        if (stage !== 'total' && ms !== undefined) stages.observe({ stage }, ms / 1000);
      }
    },
    // Users name their own providers: those share a label.
    providerFailed: (provider, kind) =>
      failures.inc({ provider: ['local', 'ollama', 'openai'].includes(provider) ? provider : 'own', kind }),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
