import { describe, expect, it } from 'vitest';
import { createSpeedMeter } from './speed-meter.ts';

describe('the speed meter', () => {
  it('averages over the last five seconds', () => {
    let now = 0;
    const meter = createSpeedMeter(() => now);
    for (let second = 0; second <= 10; second += 1) {
      now = second * 1000;
      meter.add(second < 5 ? second * 100 : 500 + (second - 5) * 1000);
    }
    expect(meter.bytesPerSecond()).toBe(1000);
  });

  it('knows no speed at first, slows down in silence, and starts anew with the bytes', () => {
    let now = 0;
    const meter = createSpeedMeter(() => now);
    expect(meter.bytesPerSecond()).toBe(0);
    meter.add(0);
    now = 1000;
    meter.add(4000);
    expect(meter.bytesPerSecond()).toBe(4000);
    now = 4000;
    expect(meter.bytesPerSecond()).toBe(1000);
    meter.add(0);
    now = 5000;
    meter.add(100);
    expect(meter.bytesPerSecond()).toBe(100);
  });
});
