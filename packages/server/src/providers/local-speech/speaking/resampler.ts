import libsamplerate from '@alexanderolsen/libsamplerate-js';

/** Brings whole pieces of mono sound from one sample rate to another (libsamplerate, sinc interpolation). */
export type Resample = (samples: Float32Array) => Float32Array;

export async function createResampler(from: number, to: number): Promise<Resample> {
  if (from === to) return (samples) => samples;
  const converter = await libsamplerate.create(1, from, to, { converterType: libsamplerate.ConverterType.SRC_SINC_FASTEST });
  return (samples) => (samples.length === 0 ? samples : converter.simple(samples).slice());
}
