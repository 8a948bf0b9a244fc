/** Vendors of speech that are spoken to in their own way, and not as OpenAI is. Users and the server give a key, and another address only where they want one. */
export const SPEECH_VENDORS = {
  deepgram: { baseUrl: 'https://api.deepgram.com', model: 'nova-3', listens: true, voice: undefined },
  elevenlabs: {
    baseUrl: 'https://api.elevenlabs.io',
    /** The quickest one that tells the times of characters. */
    model: 'eleven_flash_v2_5',
    listens: false,
    /** Rachel, of the voices that every account has. */
    voice: '21m00Tcm4TlvDq8ikWAM',
  },
  cartesia: {
    baseUrl: 'https://api.cartesia.ai',
    model: 'sonic-2',
    listens: false,
    voice: 'a0e99841-438c-4a64-b679-ae501e7d6091',
  },
} as const;

export type SpeechVendor = keyof typeof SPEECH_VENDORS;

export function isSpeechVendor(name: string): name is SpeechVendor {
  return Object.hasOwn(SPEECH_VENDORS, name);
}

/** Where a vendor answers, and who pays. */
export interface VendorAccess {
  /** Without a slash at its end. */
  baseUrl: string;
  apiKey: string;
  /** Whether the address may lead to this machine or its network. */
  privateNetwork: boolean;
}

/** The vendors that the server offers to all its users. */
export type ServerVendors = Partial<Record<SpeechVendor, Omit<VendorAccess, 'privateNetwork'>>>;
