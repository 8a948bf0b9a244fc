import { usageTexts as texts } from '../../texts/usage.ts';

export const TYPES = ['agent_chat', 'agent_voice', 'agent_video', 'webrtc_video'] as const;
export type SessionTypeName = (typeof TYPES)[number];

/**
 * The colours of Okabe and Ito, told apart with every kind of colour blindness and on light and dark; besides, every type has
 * a texture of its own, so that colour is never needed.
 */
export const LOOKS: Record<SessionTypeName, { label: string; colour: string; texture: 'solid' | 'stripes' | 'dots' | 'lines' }> =
  {
    agent_chat: { label: texts.types.agent_chat, colour: '#0072b2', texture: 'solid' },
    agent_voice: { label: texts.types.agent_voice, colour: '#009e73', texture: 'stripes' },
    agent_video: { label: texts.types.agent_video, colour: '#d55e00', texture: 'dots' },
    webrtc_video: { label: texts.types.webrtc_video, colour: '#aa4499', texture: 'lines' },
  };
