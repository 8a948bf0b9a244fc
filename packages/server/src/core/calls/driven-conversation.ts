import type { VoiceConversation, VoiceEvent } from './voice-conversation.ts';
import type { VoiceEndpoint } from './voice-spec.ts';

/** What a session of the type `webrtc_video` needs: nobody listens, no model thinks. */
export interface DrivenSpec {
  sessionId: number;
  /** The session ends after so long without a command or a sound; null: never. */
  endAfterSilenceMs: number | null;
}

/** Who says the texts of `agent.say`. */
export interface DrivenVoiceSpec {
  language: string;
  /** In the order in which they are tried; none where nothing can speak. */
  voices: VoiceEndpoint[];
}

/** Why a command is not carried out; told to the client as it is. */
export type DriveProblem = 'audio-invalid' | 'event-invalid' | 'speech-queue-full' | 'no-speech-model';

export class DriveRefusal extends Error {
  readonly code: DriveProblem;

  constructor(code: DriveProblem, message: string) {
    super(message);
    this.name = 'DriveRefusal';
    this.code = code;
  }
}

/** What happens while a face is driven. */
export type DrivenEvent = { type: 'speech-start' } | { type: 'speech-end'; playedMs: number; interrupted: boolean };

/** A face and voice that say what the client's program gives them. */
export interface DrivenConversation extends VoiceConversation {
  /**
   * Says this after what waits: mono, taken as it is, any rate from 8,000 to 48,000 Hz.
   * @throws DriveRefusal `speech-queue-full`
   */
  speak(samples: Int16Array, sampleRate: number): void;
  /** Says this text after what waits. @throws DriveRefusal `speech-queue-full`, `no-speech-model` */
  say(text: string, voice: DrivenVoiceSpec | undefined): void;
}

export type StartDrivenConversation = (
  spec: DrivenSpec,
  onEvent: (event: DrivenEvent | VoiceEvent) => void,
) => DrivenConversation;
