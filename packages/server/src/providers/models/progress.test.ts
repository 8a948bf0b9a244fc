import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelStatus } from './model-store.ts';
import { describeStatus, showProgress } from './progress.ts';

const status = (change: Partial<ModelStatus>): ModelStatus => ({
  name: 'tiny',
  task: 'llm',
  title: 'Tiny',
  licence: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  languages: ['en'],
  size_bytes: 100_000_000,
  state: 'downloading',
  progress: 0,
  received_bytes: 0,
  bytes_per_second: 0,
  ...change,
});

function display(isTTY: boolean) {
  let tell: (status: ModelStatus) => void = () => undefined;
  let text = '';
  const stream = Object.assign(new PassThrough(), { isTTY });
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const source = {
    subscribe(listener: (status: ModelStatus) => void) {
      tell = listener;
      return () => {
        tell = () => undefined;
      };
    },
  };
  const shown = showProgress(source, stream);
  return { tell: (change: Partial<ModelStatus>) => tell(status(change)), stop: () => shown.stop(), text: () => text };
}

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('tells bytes, speed and time left', () => {
    expect(describeStatus(status({ received_bytes: 25_000_000, bytes_per_second: 2_500_000, seconds_left: 30 }))).toBe(
      '25.0 of 100.0 MB, 2.5 MB/s, 30 s left',
    );
    expect(describeStatus(status({ seconds_left: 600, bytes_per_second: 1 }))).toContain('10 min left');
  });

  it('writes a plain line every 5 s, and at the end, where there is no terminal', () => {
    const shown = display(false);
    shown.tell({ state: 'queued' });
    for (let percent = 0; percent < 100; percent += 1) shown.tell({ received_bytes: percent * 1_000_000 });
    expect(shown.text()).toBe('tiny: 0.0 of 100.0 MB\n');
    vi.advanceTimersByTime(10_000);
    expect(shown.text().split('\n')).toHaveLength(4);
    shown.tell({ state: 'ready' });
    vi.advanceTimersByTime(10_000);
    expect(shown.text()).toMatch(/99\.0 of 100\.0 MB\ntiny: ready \(100\.0 MB\)\n$/);
    shown.stop();
  });

  it('draws bars on a terminal, and gives the cursor back', () => {
    const shown = display(true);
    shown.tell({ progress: 0.25, received_bytes: 25_000_000, bytes_per_second: 2_500_000, seconds_left: 30 });
    vi.advanceTimersByTime(1000);
    expect(shown.text()).toContain('25%  tiny  25.0 of 100.0 MB, 2.5 MB/s, 30 s left');
    shown.stop();
    expect(shown.text().endsWith('\u001B[?25h') || shown.text().includes('\u001B[?25h')).toBe(true);
  });
});
