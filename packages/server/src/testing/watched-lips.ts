import { LIPS_REGION, openingInPixels, type ReceivedSpeech } from './lip-sync.ts';

// What a real browser shows and plays of a session, for `lip-sync.ts`.

/** What `watchLips` of a page gives back; times in ms. */
export interface WatchedLips {
  /** 48 kHz, 16 bit, without gaps, in base64, and when each 10 ms of it came out of the jitter buffer, by the page's clock. */
  sound: string;
  soundAt: number[];
  /** RGBA of the lips' region in base64, and when it is to be shown, by a clock of its own. */
  pictures: Array<{ mediaMs: number; rgba: string }>;
  /** What a video element tells of pictures: when they are shown by the same clock from its first picture on, and by the page's. */
  shown: Array<{ mediaMs: number; at: number }>;
}

const PIECE_MS = 10;
/** On a busy machine pieces come late, several at once; in so many to either side one is in time. */
const PIECES_AROUND = 100;
/** A picture is shown with the next refresh of the screen: of so many to either side the median counts. */
const SHOWN_AROUND = 25;

/** Sound and lips by one clock: that of the sound. */
export function receivedOf({ sound, soundAt, pictures, shown }: WatchedLips): ReceivedSpeech {
  const bytes = Buffer.from(sound, 'base64');
  const samples = new Int16Array(bytes.length / 2);
  new Uint8Array(samples.buffer).set(bytes);
  const late = soundAt.map((at, n) => at - n * PIECE_MS);
  const begins = late.map((_, n) => Math.min(...late.slice(Math.max(0, n - PIECES_AROUND), n + PIECES_AROUND)));
  const clock = clockOf(pictures, shown);
  const soundMs = (at: number) => {
    const next = soundAt.findIndex((_, n) => (begins[n] ?? 0) + n * PIECE_MS > at);
    return at - (begins[next < 0 ? begins.length - 1 : next] ?? 0);
  };
  return {
    sound: samples,
    pictures: pictures.map(({ mediaMs, rgba }) => ({
      ms: soundMs(mediaMs + clock(mediaMs)),
      open: openingInPixels(Buffer.from(rgba, 'base64')),
    })),
  };
}

/**
 * What the clock of pictures out of the track lacks to the page's, for a picture of this time; it changes where the browser brings pictures and sound
 * together. A video element counts the same clock from its first picture, which may be another one than the track's first: the right one is that by
 * which most pictures meet.
 */
function clockOf(pictures: WatchedLips['pictures'], shown: WatchedLips['shown']): (mediaMs: number) => number {
  const times = new Set(pictures.map(({ mediaMs }) => Math.round(mediaMs)));
  const met = (from: number) => shown.filter(({ mediaMs }) => times.has(Math.round(mediaMs + from))).length;
  const begins = pictures.slice(0, 20).flatMap((picture) => shown.slice(0, 20).map((other) => picture.mediaMs - other.mediaMs));
  const begin = begins.reduce((best, each) => (met(each) > met(best) ? each : best), begins[0] ?? 0);
  return (mediaMs) => {
    const next = shown.findIndex((each) => each.mediaMs + begin >= mediaMs);
    const at = next < 0 ? shown.length : next;
    const lacking = shown.slice(Math.max(0, at - SHOWN_AROUND), at + SHOWN_AROUND).map((each) => each.at - each.mediaMs - begin);
    return lacking.sort((a, b) => a - b)[lacking.length >> 1] ?? 0;
  };
}

/**
 * Functions for a page. Its address has to be a secure one (what takes sound out of a track is for those only), and it needs a function
 * `connectSession(sdp)` that gives the answer.
 *   joinSession(video, onTrack, onEvent)   joins with a silent microphone; gives the connection
 *   watchLips(video)                       gives `watch(track)` and `stop()`, which gives `WatchedLips`. Pictures are taken as they come out of the track, each
 *                                          with its time: what a page sees of a video element on a busy machine may be the next one already
 */
export const LIPS_PAGE = `
  const base64 = (bytes) => {
    let text = '';
    for (let n = 0; n < bytes.length; n += 8192) text += String.fromCharCode(...bytes.subarray(n, n + 8192));
    return btoa(text);
  };
  const joinSession = async (video, onTrack, onEvent) => {
    const stream = new MediaStream();
    const peer = new RTCPeerConnection();
    const silence = new AudioContext().createMediaStreamDestination().stream;
    peer.addTrack(silence.getAudioTracks()[0], silence);
    peer.addTransceiver('video', { direction: 'recvonly' });
    const channel = peer.createDataChannel('events');
    peer.ontrack = ({ track }) => {
      stream.addTrack(track);
      video.srcObject = stream;
      onTrack(track);
    };
    channel.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.type === 'ping') channel.send(JSON.stringify({ type: 'pong', at: event.at }));
      onEvent(event);
    };
    await peer.setLocalDescription(await peer.createOffer());
    if (peer.iceGatheringState !== 'complete') {
      await new Promise((resolve) => {
        peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve();
      });
    }
    await peer.setRemoteDescription({ type: 'answer', sdp: await connectSession(peer.localDescription.sdp) });
    return peer;
  };
  const watchLips = (video) => {
    const pieces = [];
    const pictures = [];
    const shown = [];
    const readers = [];
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const hear = (piece) => {
      const samples = new Float32Array(piece.numberOfFrames);
      piece.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      pieces.push({ ms: piece.timestamp / 1000, readAt: performance.now(), rate: piece.sampleRate, samples });
    };
    const look = (picture) => {
      const { displayWidth: width, displayHeight: height } = picture;
      const [left, top] = [Math.round(width * ${LIPS_REGION.left}), Math.round(height * ${LIPS_REGION.top})];
      const [wide, high] = [Math.round(width * ${LIPS_REGION.right}) - left, Math.round(height * ${LIPS_REGION.bottom}) - top];
      Object.assign(canvas.canvas, { width: wide, height: high });
      canvas.drawImage(picture, left, top, wide, high, 0, 0, wide, high);
      pictures.push({ mediaMs: picture.timestamp / 1000, rgba: canvas.getImageData(0, 0, wide, high).data });
    };
    const watch = async (track) => {
      const take = track.kind === 'audio' ? hear : look;
      const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 }).readable.getReader();
      readers.push(reader);
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        take(value);
        value.close();
      }
    };
    const note = (_now, { expectedDisplayTime, mediaTime }) => {
      shown.push({ mediaMs: mediaTime * 1000, at: expectedDisplayTime });
      noting = video.requestVideoFrameCallback(note);
    };
    let noting = video.requestVideoFrameCallback(note);
    const stop = async () => {
      video.cancelVideoFrameCallback(noting);
      for (const reader of readers) await reader.cancel();
      if (pieces.some(({ rate, samples }) => rate !== 48000 || samples.length !== 480)) throw new Error('Sound came in other pieces');
      const sound = new Int16Array(pieces.length * 480);
      for (const [n, { samples }] of pieces.entries()) {
        sound.set(Int16Array.from(samples, (each) => Math.max(-1, Math.min(1, each)) * 32767), n * 480);
      }
      // The pieces' own clock is another one: the least delay with which one was read is taken for none.
      const least = pieces.reduce((soFar, { ms, readAt }) => Math.min(soFar, readAt - ms), Infinity);
      return {
        sound: base64(new Uint8Array(sound.buffer)),
        soundAt: pieces.map(({ ms }) => ms + least),
        pictures: pictures.map(({ mediaMs, rgba }) => ({ mediaMs, rgba: base64(rgba) })),
        shown,
      };
    };
    return { watch, stop };
  };
`;
