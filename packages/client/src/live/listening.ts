import { createLevelMeter, openMicrophone } from './microphone.ts';

/** The microphone of a live session. */
export interface Listening {
  readonly stream: MediaStream | undefined;
  readonly muted: boolean;
  /** Throws `MicrophoneError`. */
  open(context: AudioContext): Promise<MediaStream>;
  mute(muted: boolean): void;
  /** Another microphone, from now on; the open one is replaced. Throws `MicrophoneError`, and stays as it was. */
  choose(deviceId: string | undefined): Promise<MediaStream | undefined>;
  /** Loudness at this moment, 0 to 1; 0 while it is closed or muted. */
  level(): number;
  close(): void;
}

/** `onLost`: the open microphone was unplugged or taken away. */
export function createListening(onLost: () => void): Listening {
  let stream: MediaStream | undefined;
  let context: AudioContext | undefined;
  let meter: ReturnType<typeof createLevelMeter> | undefined;
  let muted = false;
  let deviceId: string | undefined;
  /** Grows with every opening and closing, so that one that was given up closes what it gets. */
  let current = 0;

  const take = (opened: MediaStream) => {
    meter?.close();
    stopTracks(stream);
    stream = opened;
    for (const track of opened.getAudioTracks()) {
      track.enabled = !muted;
      track.onended = () => stream === opened && onLost();
    }
    meter = context && createLevelMeter(context, opened);
  };
  const openAs = async (id: string | undefined) => {
    const mine = ++current;
    const opened = await openMicrophone(id);
    if (mine === current) take(opened);
    else stopTracks(opened);
    return opened;
  };

  return {
    get stream() {
      return stream;
    },
    get muted() {
      return muted;
    },
    open(itsContext) {
      context = itsContext;
      return openAs(deviceId);
    },
    mute(next) {
      muted = next;
      for (const track of stream?.getAudioTracks() ?? []) track.enabled = !muted;
    },
    async choose(id) {
      const opened = stream && (await openAs(id));
      deviceId = id;
      return opened;
    },
    level: () => (muted ? 0 : (meter?.level() ?? 0)),
    close() {
      current += 1;
      meter?.close();
      meter = undefined;
      context = undefined;
      stopTracks(stream);
      stream = undefined;
      muted = false;
    },
  };
}

function stopTracks(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
