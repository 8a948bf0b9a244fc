/** Why there is no microphone. */
export type MicrophoneProblem = 'insecure-origin' | 'unsupported' | 'refused' | 'none' | 'busy';

export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError';
  readonly problem: MicrophoneProblem;

  constructor(problem: MicrophoneProblem, cause?: unknown) {
    super(problem, { cause });
    this.problem = problem;
  }
}

/** Asks for the microphone (`deviceId`: for this one), made ready for talk: without the agent's own voice in it, without noise, at an even loudness. */
export async function openMicrophone(deviceId?: string): Promise<MediaStream> {
  if (typeof RTCPeerConnection === 'undefined') throw new MicrophoneError('unsupported');
  if (!isSecureContext || !navigator.mediaDevices) throw new MicrophoneError('insecure-origin');
  const audio = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    channelCount: 1,
    ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new MicrophoneError(problemOf(error), error);
  }
}

function problemOf(error: unknown): MicrophoneProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  return 'busy';
}

/** Measures loudness, 0 to 1: the root mean square of the newest 1024 samples, from -60 dB (0) to -10 dB (1). */
export function createLevelMeter(context: AudioContext, stream: MediaStream): { level: () => number; close: () => void } {
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      return Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 60) / 50));
    },
    close: () => source.disconnect(),
  };
}
