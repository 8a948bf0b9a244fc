/** Where the agent is heard and seen. */
export interface LiveMedia {
  /** Plays the agent; need not be on the page. */
  readonly audio: HTMLAudioElement;
  /** Shows the pictures of the server, without sound. */
  readonly video: HTMLVideoElement;
  /** Shows the face that this page draws. */
  readonly canvas: HTMLCanvasElement;
}

/** Elements of the page, or ones that are made when they are first needed. */
export function createMedia(given: Partial<LiveMedia> = {}): LiveMedia {
  let { audio, video, canvas } = given;
  return {
    get audio() {
      if (!audio) {
        audio = document.createElement('audio');
        audio.autoplay = true;
      }
      return audio;
    },
    get video() {
      if (!video) {
        video = document.createElement('video');
        Object.assign(video, { muted: true, autoplay: true, playsInline: true });
      }
      return video;
    },
    get canvas() {
      canvas ??= document.createElement('canvas');
      return canvas;
    },
  };
}

/** Shows pictures, or no more. */
export function showPictures(video: HTMLVideoElement, pictures: MediaStream | undefined): void {
  video.srcObject = pictures ?? null;
  // Muted as it is, nothing holds it back; one that is taken away meanwhile does not play.
  if (pictures) video.play().catch(() => undefined);
}

/** A microphone or a loudspeaker. `label` is empty until a microphone was allowed. */
export interface Device {
  id: string;
  label: string;
}

export interface Devices {
  microphones: Device[];
  /** Empty where the browser cannot choose among them. */
  speakers: Device[];
}

export async function listDevices(): Promise<Devices> {
  const found = (await globalThis.navigator?.mediaDevices?.enumerateDevices()) ?? [];
  const ofKind = (kind: MediaDeviceKind) =>
    // Without an id they cannot be chosen: no microphone was allowed yet.
    found.filter((device) => device.kind === kind && device.deviceId !== '').map(({ deviceId: id, label }) => ({ id, label }));
  const choosable = typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;
  return { microphones: ofKind('audioinput'), speakers: choosable ? ofKind('audiooutput') : [] };
}
