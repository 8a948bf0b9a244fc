import { z } from 'zod';
import { EndedReason } from './end-reasons.ts';
import { MessageItem, TurnLatency } from './messages.ts';
import { SessionType } from './sessions.ts';

/** The data channel that carries the events of a spoken session, both ways: ordered, reliable, one JSON object a message. */
export const EVENTS_CHANNEL = 'events';
/** A client's event may have so many bytes. */
export const CLIENT_EVENT_BYTES = 16 * 1024;
/** The server says that it is there this often, in ms; a client that hears nothing for three of them should connect anew. */
export const HEARTBEAT_MS = 1_000;

/** The rate of speech whose sender names none, and the one that taken speech is counted in. */
export const DRIVE_RATE = 16_000;
/** A text to be said may have so many characters. */
export const SAY_CHARACTERS = 5_000;

/** Names one reply within its session. */
const ReplyId = z.string().min(1).max(64);
const Milliseconds = z.number().min(0);

/** A word of a reply as it is written, and when it is said, counted from the beginning of the reply's sound. */
export const CaptionWord = z.object({ text: z.string(), start_ms: Milliseconds, end_ms: Milliseconds });

/** What began a reply. */
export const ReplySource = z.enum(['speech', 'text', 'greeting', 'notice']);

/** How good the pictures of a face are; `fps` while something is said. */
export const PictureQuality = z.object({
  level: z.enum(['full', 'low-rate', 'small', 'audio-only']),
  fps: z.number().min(0),
  width: z.int(),
  height: z.int(),
  reason: z.enum(['none', 'cpu', 'renderer-lost', 'renderer-failed']),
});

/** What the server tells during a session, over the data channel `events` and over SSE at `/sessions/{id}/events`. */
export const ServerEvent = z
  .discriminatedUnion('type', [
    /** The first on every channel. `resumed`: the conversation goes on where it was. */
    z.object({
      type: z.literal('session.joined'),
      session_id: z.int(),
      session_type: SessionType,
      resumed: z.boolean(),
      heartbeat_ms: z.int(),
    }),
    /** Every `heartbeat_ms`, on the data channel only; to be answered with `pong`. `at`: the server's clock, for the `pong`. */
    z.object({ type: z.literal('ping'), at: z.number() }),
    z.object({ type: z.literal('session.type'), session_type: SessionType }),
    /** Somebody joined or left. While nobody is there the conversation waits. */
    z.object({ type: z.literal('session.presence'), present: z.boolean() }),
    /** The last one: the transport closes after it. */
    z.object({ type: z.literal('session.ended'), reason: EndedReason }),
    /** The server stops for a moment: connect again. */
    z.object({ type: z.literal('server.restarting') }),
    z.object({ type: z.literal('user.speaking'), speaking: z.boolean() }),
    /** What the user says, while and after they say it; later ones of the same utterance replace earlier ones. */
    z.object({ type: z.literal('user.transcript'), text: z.string(), final: z.boolean() }),
    z.object({ type: z.literal('agent.state'), state: z.enum(['listening', 'thinking', 'speaking']) }),
    z.object({ type: z.literal('reply.start'), reply_id: ReplyId, source: ReplySource }),
    /** What the model wrote, as it comes: ahead of the voice. */
    z.object({ type: z.literal('reply.delta'), reply_id: ReplyId, text: z.string() }),
    /** Words whose sound is made: captions. */
    z.object({ type: z.literal('reply.words'), reply_id: ReplyId, words: z.array(CaptionWord) }),
    /**
     * The reply's sound begins or goes on (`playing`), or stops for now, at this place of it. `hushed`: the user talks, and what is on its
     * way is not to be heard: be silent at once, until sound is playing again, and tell with `playout` where that was. What was not heard
     * is sent again if the reply goes on.
     */
    z.object({
      type: z.literal('reply.playing'),
      reply_id: ReplyId,
      playing: z.boolean(),
      position_ms: Milliseconds,
      hushed: z.boolean(),
    }),
    /** `content`: what was heard. */
    z.object({
      type: z.literal('reply.end'),
      reply_id: ReplyId,
      content: z.string(),
      interrupted: z.boolean(),
      spoken_ms: Milliseconds,
      latency_ms: TurnLatency,
    }),
    /** The timings of a reply that has ended, where the client's part came late. */
    z.object({ type: z.literal('reply.latency'), reply_id: ReplyId, latency_ms: TurnLatency }),
    /** A message as it is stored. */
    z.object({ type: z.literal('message'), message: MessageItem, reply_id: ReplyId.optional() }),
    /**
     * How good the pictures of a face are from now on; the voice is never less for it. `audio-only`: the last picture stays. `fps` while
     * something is said. Told where they are not as they were asked for, and when they are again (`full`).
     */
    z.object({ type: z.literal('video.quality'), ...PictureQuality.shape }),
    /**
     * Of a face that the client draws (`connect` with `"face": "client"`), on the data channel only: the asset to draw it from, which can be
     * fetched without a credential by whoever knows its address, and how. The first event about a face, and again after every connect.
     */
    z.object({
      type: z.literal('face.asset'),
      url: z.url(),
      /** `background_url`: the picture behind the face, where `background` is `image`; to be cropped to cover. */
      picture: z.object({ width: z.int(), height: z.int(), background: z.string(), background_url: z.url().optional() }),
      seed: z.int(),
    }),
    /**
     * How the mouth of such a face moves in a part of a reply, ahead of the sound: for every 20 ms from `from_ms` (from the beginning of the
     * reply's sound) 8 bytes in `frames` (open, wide, narrow, pucker, up, press, tuck, tongue; 255: fully) and one in `energy` (how loud the
     * voice is), both in base64. Later frames of the same place replace earlier ones. Nothing is said of silence between replies.
     */
    z.object({
      type: z.literal('face.mouth'),
      reply_id: ReplyId,
      from_ms: Milliseconds,
      frames: z.base64(),
      energy: z.base64(),
    }),
    /** `webrtc_video`: so much speech was taken, counted as 16 kHz samples. */
    z.object({ type: z.literal('agent.speak.confirmed'), audio_samples: z.int().min(0) }),
    /** `webrtc_video`: nothing is said any more, and nothing waits. */
    z.object({ type: z.literal('agent.interrupt.confirmed') }),
    /** `webrtc_video`: the first sound of an utterance is on its way. */
    z.object({ type: z.literal('agent.speech.started') }),
    /** `webrtc_video`: all of it is (`interrupted`: what came before the end). */
    z.object({ type: z.literal('agent.speech.ended'), played_ms: Milliseconds, interrupted: z.boolean() }),
    /** Something the user should know: `slow-provider`, `provider-failed`, `voice-substituted`, `max-duration-soon`, ... */
    z.object({ type: z.literal('notice'), code: z.string(), text: z.string() }),
    /** What the client sent was not understood. */
    z.object({ type: z.literal('error'), code: z.string(), error: z.string() }),
  ])
  .meta({ id: 'ServerEvent' });
export type ServerEvent = z.infer<typeof ServerEvent>;

/** What drives the face of a `webrtc_video` session, over its data channel or its WebSocket. */
const DRIVE_COMMANDS = [
  /** Speech to be said after what waits: base64 of 16-bit little-endian mono PCM without a header, 8,000 to 48,000 samples a second. */
  z.object({ type: z.literal('agent.speak'), audio: z.string(), sample_rate: z.int().min(8_000).max(48_000).optional() }),
  /** Be silent at once and drop what waits. */
  z.object({ type: z.literal('agent.interrupt') }),
  /** Text to be said by the avatar's own voice, after what waits. */
  z.object({ type: z.literal('agent.say'), text: z.string().min(1).max(SAY_CHARACTERS) }),
] as const;
export const DriveCommand = z.discriminatedUnion('type', DRIVE_COMMANDS);
export type DriveCommand = z.infer<typeof DriveCommand>;

/** What a client tells over the data channel. */
export const ClientEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('pong'), at: z.number() }),
  /** How much of a reply's sound has come out of the loudspeaker; about four times a second while it plays. */
  z.object({ type: z.literal('playout'), reply_id: ReplyId, played_ms: Milliseconds }),
  /** Stop speaking. */
  z.object({ type: z.literal('interrupt') }),
  /** The page is being left: nobody is there from now on. */
  z.object({ type: z.literal('bye') }),
  ...DRIVE_COMMANDS,
]);
export type ClientEvent = z.infer<typeof ClientEvent>;
