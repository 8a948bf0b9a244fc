import { MOUTH_PARAMETERS } from '../pose.ts';
import { bandFeature, SILENT_FEATURE } from './audio-features.ts';
import { pressLips } from './gesture-line.ts';
import { createHopStore } from './hop-store.ts';
import type { Loudness } from './loudness.ts';
import { BANDS, createMelBands, HOP, HOP_MS, WINDOW } from './mel-bands.ts';
import { createNetwork, type Layer } from './network.ts';
import { VISEMES, type Viseme } from './visemes.ts';

/** What the model is asked for: the shape, whether the lips are closed by a p, b or m, and how likely each viseme is. */
export const SHAPE_OUTPUTS = MOUTH_PARAMETERS.length;
export const CLOSED_OUTPUT = SHAPE_OUTPUTS;
export const FIRST_VISEME_OUTPUT = SHAPE_OUTPUTS + 1;
export const MODEL_OUTPUTS = FIRST_VISEME_OUTPUT + VISEMES.length;

export interface MouthModel {
  layers: readonly Layer[];
  /** The hops around the one in question whose bands it sees. */
  offsets: readonly number[];
}

/** Sees an utterance's mouth in its sound. It works only as far as it is asked, because sound may come much faster than it is played. */
export interface AudioMouth {
  /** 24 kHz samples that follow the ones before; kept, not copied. */
  push(samples: Int16Array): void;
  end(): void;
  /** Works on until this hop is seen, as far as there is sound, but for no more than `mostHops`. */
  advance(toHop: number, mostHops: number): void;
  /** Passes over the sound before, which another way is known of. */
  skip(toHop: number): void;
  /** The first hop that is not seen yet. */
  readonly seen: number;
  /** Writes the shape at a moment; false where nothing was seen. */
  at(ms: number, into: Float32Array): boolean;
  /** The natural logarithm of how likely a viseme is at a hop, up to what all have in common; undefined where nothing was seen. */
  likeliness(hop: number, viseme: Viseme): number | undefined;
  dropBefore(ms: number): void;
}

/** Lips and teeth touch or do not: a little of it is the model's doubt. */
const CONTACTS = [MOUTH_PARAMETERS.indexOf('press'), MOUTH_PARAMETERS.indexOf('tuck')];
const CONTACT_DOUBT = 0.2;
/** Hops to either side. */
const SMOOTHED = 2;
/** From likely to surely closed lips, in what the model says of it. */
const [MAYBE_CLOSED, SURELY_CLOSED] = [0.35, 0.65];

export function createAudioMouth(model: MouthModel, loudness: Pick<Loudness, 'levelAt'>): AudioMouth {
  const bands = createMelBands();
  const network = createNetwork(model.layers);
  const { offsets } = model;
  const [behind, ahead] = [-Math.min(...offsets), Math.max(...offsets)];
  const features = createHopStore(BANDS);
  const seen = createHopStore(MODEL_OUTPUTS);
  const window = new Float32Array(WINDOW);
  const inputs = new Float32Array(offsets.length * BANDS);
  const powers = new Float32Array(BANDS);
  const first = new Float32Array(SHAPE_OUTPUTS);
  const sound = createSoundQueue();
  let ended = false;

  function measureHop(): boolean {
    const hop = features.to;
    const from = hop * HOP + HOP / 2 - WINDOW / 2;
    if (!ended && sound.to < from + WINDOW) return false;
    sound.read(from, window);
    bands.measure(window, powers);
    const levelDb = loudness.levelAt(hop);
    const at = features.push();
    for (let band = 0; band < BANDS; band++) features.values[at + band] = bandFeature(powers[band]!, levelDb);
    sound.drop(from + HOP);
    return true;
  }

  function seeHop(): void {
    const hop = seen.to;
    for (let o = 0; o < offsets.length; o++) {
      const row = hop + offsets[o]!;
      if (row < features.from || row >= features.to) inputs.fill(SILENT_FEATURE, o * BANDS, (o + 1) * BANDS);
      else {
        const at = features.offset(row);
        for (let band = 0; band < BANDS; band++) inputs[o * BANDS + band] = features.values[at + band]!;
      }
    }
    const result = network.run(inputs);
    const at = seen.push();
    seen.values.set(result, at);
    features.drop(hop - behind);
  }

  /** Of some hops around, because the model sees each hop anew and trembles. */
  function shapeAt(hop: number, into: Float32Array): void {
    into.fill(0);
    let closed = 0;
    for (let away = -SMOOTHED; away <= SMOOTHED; away++) {
      const at = seen.offset(Math.min(Math.max(hop + away, seen.from), seen.to - 1));
      const weight = (SMOOTHED + 1 - Math.abs(away)) / (SMOOTHED + 1) ** 2;
      for (let k = 0; k < SHAPE_OUTPUTS; k++) into[k]! += weight * seen.values[at + k]!;
      closed += weight * seen.values[at + CLOSED_OUTPUT]!;
    }
    for (let k = 0; k < SHAPE_OUTPUTS; k++) into[k] = Math.min(Math.max(into[k]!, 0), 1);
    for (const k of CONTACTS) into[k] = Math.max(0, (into[k]! - CONTACT_DOUBT) / (1 - CONTACT_DOUBT));
    const sure = (closed - MAYBE_CLOSED) / (SURELY_CLOSED - MAYBE_CLOSED);
    if (sure > 0) pressLips(into, Math.min(sure, 1));
  }

  return {
    push(samples) {
      ended = false;
      sound.push(samples);
    },
    end() {
      ended = true;
    },
    advance(toHop, mostHops) {
      const last = Math.min(toHop, Math.ceil(sound.to / HOP));
      for (let worked = 0; seen.to < last && worked < mostHops; worked++) {
        while (features.to <= seen.to + ahead && measureHop());
        if (features.to <= seen.to + ahead && !ended) return;
        seeHop();
      }
    },
    skip(toHop) {
      while (features.to < toHop) features.values.fill(SILENT_FEATURE, features.push(), features.offset(features.to));
      while (seen.to < toHop) seen.push();
      features.drop(toHop - behind);
      seen.drop(toHop);
      sound.drop(toHop * HOP - WINDOW);
    },
    get seen() {
      return seen.to;
    },
    at(ms, into) {
      const position = ms / HOP_MS - 0.5;
      const hop = Math.min(Math.max(Math.floor(position), seen.from), seen.to - 1);
      if (hop < seen.from || position > seen.to + 1) return false;
      shapeAt(hop, into);
      if (hop + 1 < seen.to) {
        first.set(into);
        shapeAt(hop + 1, into);
        const share = Math.min(Math.max(position - hop, 0), 1);
        for (let k = 0; k < SHAPE_OUTPUTS; k++) into[k] = first[k]! + (into[k]! - first[k]!) * share;
      }
      return true;
    },
    likeliness(hop, viseme) {
      if (hop < seen.from || hop >= seen.to) return undefined;
      return seen.values[seen.offset(hop) + FIRST_VISEME_OUTPUT + VISEMES.indexOf(viseme)];
    },
    dropBefore(ms) {
      seen.drop(Math.floor(ms / HOP_MS));
    },
  };
}

/** Sound that waits to be measured. */
function createSoundQueue() {
  const pieces: Int16Array[] = [];
  /** Of the first piece, in samples from the beginning. */
  let from = 0;
  let to = 0;
  return {
    get to() {
      return to;
    },
    push(samples: Int16Array) {
      if (samples.length > 0) pieces.push(samples);
      to += samples.length;
    },
    /** Fills `into` with what is there from `start` on, as -1 to 1; what is not, is silence. */
    read(start: number, into: Float32Array) {
      into.fill(0);
      let at = from;
      for (const piece of pieces) {
        const begin = Math.max(start, at);
        const end = Math.min(start + into.length, at + piece.length);
        for (let i = begin; i < end; i++) into[i - start] = piece[i - at]! / 32_768;
        at += piece.length;
        if (at >= start + into.length) break;
      }
    },
    drop(before: number) {
      let over = 0;
      while (over < pieces.length && from + pieces[over]!.length <= before) from += pieces[over++]!.length;
      if (over > 0) pieces.splice(0, over);
    },
  };
}
