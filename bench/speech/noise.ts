/** Ten minutes in which nobody speaks, always the same: whatever is recognised in them is made up. */
export interface Noise {
  name: string;
  seconds: number;
  /** 16 kHz mono, -1..1. */
  samples(): Float32Array;
}

export const NOISE_RATE = 16_000;

type Source = (index: number) => number;

/** A small deterministic generator (mulberry32): the same noise everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const white =
  (next: () => number): Source =>
  () =>
    next() * 2 - 1;

/** -3 dB an octave (Paul Kellet's filter). */
function pink(next: () => number): Source {
  const state = [0, 0, 0, 0, 0, 0, 0];
  const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616];
  const gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898];
  return () => {
    const input = next() * 2 - 1;
    let sum = (state[6] ?? 0) + input * 0.5362;
    for (const [i, pole] of poles.entries()) {
      state[i] = pole * (state[i] ?? 0) + input * (gains[i] ?? 0);
      sum += state[i] ?? 0;
    }
    state[6] = input * 0.115926;
    return sum;
  };
}

/** -6 dB an octave. */
function brown(next: () => number): Source {
  let value = 0;
  return () => {
    value = value * 0.998 + (next() * 2 - 1);
    return value;
  };
}

const tone =
  (hertz: number): Source =>
  (index) =>
    Math.sin((2 * Math.PI * hertz * index) / NOISE_RATE);

/** Mains hum: the frequency and its harmonics. */
function hum(hertz: number): Source {
  const partials = [1, 0.5, 0.3, 0.2, 0.1].map((level, i) => ({ level, source: tone(hertz * (i + 1)) }));
  return (index) => partials.reduce((sum, { level, source }) => sum + level * source(index), 0);
}

/** Short noise bursts at irregular intervals over a quiet room, as of somebody typing. */
function typing(next: () => number, everyMs: number): Source {
  const room = pink(next);
  let until = 0;
  let level = 0;
  return (index) => {
    if (index >= until) {
      until = index + Math.round(((0.3 + 1.4 * next()) * everyMs * NOISE_RATE) / 1000);
      level = 0.3 + 0.7 * next();
    }
    level *= 0.985;
    return (next() * 2 - 1) * level + room(index) * 0.003;
  };
}

/** Single clicks, one sample high. */
const clicks =
  (next: () => number): Source =>
  () =>
    next() < 1 / 4000 ? (next() < 0.5 ? -1 : 1) : 0;

/** A fan: brown noise that swells with the turning blades, and their hum. */
function fan(next: () => number): Source {
  const air = brown(next);
  const blades = tone(87);
  const swell = tone(3.1);
  return (index) => air(index) * (1 + 0.2 * swell(index)) + 2 * blades(index);
}

/** A plucked melody over chords; half-tones from A3. */
function melody(): Source {
  const notes = [3, 7, 10, 15, 14, 10, 7, 5, 3, 7, 12, 15, 17, 15, 12, 7];
  const chords = [
    [-9, -5, -2],
    [-4, 0, 3],
    [-7, -4, 0],
    [-2, 2, 5],
  ];
  const hertz = (halfTones: number) => 220 * 2 ** (halfTones / 12);
  const beat = NOISE_RATE * 0.4;
  const string = (frequency: number, age: number) => {
    const phase = (2 * Math.PI * frequency * age) / NOISE_RATE;
    return (Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.25 * Math.sin(3 * phase)) * Math.exp((-3 * age) / NOISE_RATE);
  };
  return (index) => {
    const step = Math.floor(index / beat);
    const bar = Math.floor(step / 4);
    let sum = string(hertz(notes[step % notes.length] ?? 0), index - step * beat);
    for (const note of chords[bar % chords.length] ?? []) sum += 0.4 * string(hertz(note), index - bar * 4 * beat);
    return sum;
  };
}

/** `level` is the loudness (RMS) in dB below full scale. */
function noise(name: string, level: number, seconds: number, make: (next: () => number) => Source): Noise {
  return {
    name: `${name} ${level} dBFS`,
    seconds,
    samples() {
      let seed = 1;
      for (const letter of name) seed = Math.imul(seed, 31) + letter.charCodeAt(0);
      const source = make(random(seed));
      const samples = Float32Array.from({ length: seconds * NOISE_RATE }, (_, index) => source(index));
      const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
      const gain = power === 0 ? 0 : 10 ** (level / 20) / Math.sqrt(power);
      return samples.map((value) => Math.max(-1, Math.min(1, value * gain)));
    },
  };
}

/** 600 s in all. */
export const NOISES: readonly Noise[] = [
  { name: 'digital silence', seconds: 60, samples: () => new Float32Array(60 * NOISE_RATE) },
  ...[-70, -50, -30].map((level) => noise('white', level, 30, white)),
  ...[-60, -40, -20].map((level) => noise('pink', level, 30, pink)),
  ...[-50, -30].map((level) => noise('brown', level, 30, brown)),
  noise('hum 50 Hz', -40, 30, () => hum(50)),
  noise('hum 60 Hz', -30, 30, () => hum(60)),
  noise('typing', -40, 60, (next) => typing(next, 180)),
  noise('slow knocking', -35, 30, (next) => typing(next, 700)),
  noise('clicks', -45, 30, clicks),
  noise('fan', -35, 30, fan),
  noise('tone 440 Hz', -30, 15, () => tone(440)),
  noise('tone 1000 Hz', -20, 15, () => tone(1000)),
  noise('melody', -30, 30, melody),
  noise('melody', -20, 30, melody),
];
