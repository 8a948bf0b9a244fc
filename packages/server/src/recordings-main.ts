import { setPriority } from 'node:os';
import { runFfmpeg } from './audio-files/run-ffmpeg.ts';
import { ffmpegProgram } from './providers/ffmpeg-program.ts';
import type { FromEncoders, ToEncoders } from './recordings/encoder-messages.ts';
import { serveEncoders } from './recordings/serve-encoders.ts';

/** Entry of a worker's recording process. Conversations that are going on come first. */
const NICE = 5;

const tell = (message: FromEncoders) => {
  if (process.connected) process.send?.(message);
};
const program = ffmpegProgram();
const encoders = serveEncoders((args, stdio) => runFfmpeg(program, args, stdio), tell);
try {
  setPriority(NICE);
} catch {
  // Not allowed everywhere; it then competes as any other.
}
process.on('message', (message) => encoders.handle(message as ToEncoders));
// The worker is gone, or has closed what it recorded: what is there is written to its end.
process.once('disconnect', () => void encoders.closeAll().finally(() => process.exit(0)));
// Ctrl-C reaches the whole process group; the worker decides when this process goes.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
