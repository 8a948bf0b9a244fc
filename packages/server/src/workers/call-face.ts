import type { FaceState } from '@visavis/face';
import type { ServerEvent } from '@visavis/protocol';
import type { CallEvent } from '../core/calls/call-events.ts';
import type { ClientFaceSpec, Face, FaceSpec, Faces, MouthFrames, SentMouth, VideoQuality } from '../core/calls/face.ts';
import type { Transport } from '../core/calls/transport.ts';
import type { VoiceConversation } from '../core/calls/voice-conversation.ts';
import { AppError } from '../core/errors.ts';

/** The face of one call, while its client wants to see it. */
export interface CallFace {
  /** The one that is open already, if it is the same. @throws AppError `no-capacity` */
  open(spec: FaceSpec): void;
  /** One that the client draws, instead. It is told nothing before `tellAll`. */
  openForClient(spec: ClientFaceSpec): void;
  /** What a client that has just come needs to draw the face itself. */
  tellAll(): void;
  /** Shown on this connection from now on; where that takes no pictures, the face is closed. */
  showOn(transport: Transport): void;
  /** Moves with what happens in the call. */
  follow(event: CallEvent): void;
  close(): void;
}

const NO_FACES = 'This server shows no faces; go on by voice';

export function createCallFace(options: {
  faces: Faces | undefined;
  conversation: Promise<VoiceConversation>;
  onQuality: (quality: VideoQuality) => void;
  /** To the client. */
  tell: (event: ServerEvent) => void;
}): CallFace {
  let face: Face | undefined;
  let drawnByClient: { spec: ClientFaceSpec; mouth: SentMouth; told: boolean } | undefined;
  let look = '';
  let talk: VoiceConversation | undefined;
  let userSpeaks = false;
  let agentState: 'listening' | 'thinking' | 'speaking' = 'listening';

  options.conversation.then(
    (it) => {
      talk = it;
      const follower = face?.follower ?? drawnByClient?.mouth.follower;
      if (follower) talk.speech.follow(follower);
    },
    () => undefined,
  );

  const stateNow = (): FaceState => {
    if (userSpeaks) return 'listening';
    return agentState === 'listening' ? 'idle' : agentState;
  };

  const close = () => {
    talk?.speech.follow(undefined);
    face?.close();
    face = undefined;
    drawnByClient?.mouth.close();
    drawnByClient = undefined;
    look = '';
  };

  return {
    open(spec) {
      if (!options.faces) throw new AppError('no-capacity', NO_FACES);
      const wanted = JSON.stringify(spec);
      if (face && wanted === look) return;
      close();
      const opened = options.faces.open(spec, {
        position: () => talk?.speech.position,
        onQuality: (quality) => face === opened && options.onQuality(quality),
      });
      face = opened;
      look = wanted;
      opened.enter(stateNow());
      talk?.speech.follow(opened.follower);
    },
    openForClient(spec) {
      if (!options.faces) throw new AppError('no-capacity', NO_FACES);
      const wanted = JSON.stringify(spec);
      if (drawnByClient && wanted === look) return;
      close();
      const opened = {
        spec,
        told: false,
        mouth: options.faces.openMouth((piece) => {
          if (drawnByClient === opened && opened.told) options.tell(mouthEvent(piece));
        }),
      };
      drawnByClient = opened;
      look = wanted;
      talk?.speech.follow(opened.mouth.follower);
    },
    tellAll() {
      if (!drawnByClient) return;
      drawnByClient.told = true;
      options.tell({ type: 'face.asset', ...drawnByClient.spec });
      for (const piece of drawnByClient.mouth.told()) options.tell(mouthEvent(piece));
    },
    showOn(transport) {
      if (drawnByClient) return;
      if (transport.video === undefined) return close();
      transport.video.show(face?.pictures);
      // Told again: the client may be another one.
      if (face && face.quality.level !== 'full') options.onQuality(face.quality);
    },
    follow(event) {
      if (event.type === 'user-speaking') userSpeaks = event.speaking;
      else if (event.type === 'state') agentState = event.state;
      else return;
      face?.enter(stateNow());
    },
    close,
  };
}

function mouthEvent({ utterance, fromMs, frames, energy }: MouthFrames): ServerEvent {
  return { type: 'face.mouth', reply_id: utterance, from_ms: fromMs, frames: base64(frames), energy: base64(energy) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
