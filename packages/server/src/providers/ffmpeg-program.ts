import { getFfmpegPath } from '@livekit/av';

/**
 * The ffmpeg program that comes with LiveKit's packages: audio only, no network. Where there is none for the platform (musl), the one
 * on the `PATH`, 6 or newer.
 */
export function ffmpegProgram(): string {
  return getFfmpegPath() ?? 'ffmpeg';
}
