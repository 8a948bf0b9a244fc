/** A voice that somebody wants: `provider` undefined where nobody can be meant. */
export interface VoiceWish {
  provider?: string | undefined;
  model?: string | undefined;
  voice?: string | undefined;
}

/** What ElevenLabs calls its voices: `21m00Tcm4TlvDq8ikWAM`. */
const ELEVENLABS_ID = /^[A-Za-z0-9]{20}$/;

/**
 * Whom a voice id means: `local/clara`, `elevenlabs/<id>`, `<provider>/<voice>`. An id of ElevenLabs' works as it is where there is a key for them.
 */
export function voiceWishOf(id: string, hasElevenLabsKey: boolean): VoiceWish {
  const [, provider, voice] = /^([a-z0-9]+(?:-[a-z0-9]+)*)\/(.+)$/s.exec(id) ?? [];
  if (provider !== undefined && voice !== undefined) return { provider, voice };
  return hasElevenLabsKey && ELEVENLABS_ID.test(id) ? { provider: 'elevenlabs', voice: id } : { voice: id };
}
