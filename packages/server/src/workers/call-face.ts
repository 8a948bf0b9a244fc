import type { FaceState } from '@visavis/face';
import type { CallEvent } from '../core/calls/call-events.ts';
import type { Face, FaceSpec, Faces, VideoQuality } from '../core/calls/face.ts';
import type { Transport } from '../core/calls/transport.ts';
import type { VoiceConversation } from '../core/calls/voice-conversation.ts';
import { AppError } from '../core/errors.ts';

/** The face of one call, while its client wants to see it. */
export interface CallFace {
  /** The one that is open already, if it is the same. @throws AppError `no-capacity` */
  open(spec: FaceSpec): void;
  /** Shown on this connection from now on; where that takes no pictures, the face is closed. */
  showOn(transport: Transport): void;
  /** Moves with what happens in the call. */
  follow(event: CallEvent): void;
  close(): void;
}

export function createCallFace(options: {
  faces: Faces | undefined;
  conversation: Promise<VoiceConversation>;
  onQuality: (quality: VideoQuality) => void;
}): CallFace {
  let face: Face | undefined;
  let look = '';
  let talk: VoiceConversation | undefined;
  let userSpeaks = false;
  let agentState: 'listening' | 'thinking' | 'speaking' = 'listening';

  options.conversation.then(
    (it) => {
      talk = it;
      if (face) talk.speech.follow(face.follower);
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
    look = '';
  };

  return {
    open(spec) {
      if (!options.faces) throw new AppError('no-capacity', 'This server shows no faces; go on by voice');
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
    showOn(transport) {
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
