import { llm } from '@livekit/agents';
import { z } from 'zod';

/** Lets the model end the conversation; `onEnd` gets what is to be said before. */
export function endCallTool(onEnd: (goodbye: string | undefined) => void) {
  return llm.tool({
    name: 'end_call',
    description: 'Ends the call. Use it only when the user wants to end the conversation or has said goodbye.',
    parameters: z.object({ goodbye: z.string().optional().describe('What to say before the call ends, in one short sentence') }),
    // It returns nothing, so that the model is not asked again.
    execute: async ({ goodbye }) => onEnd(goodbye?.trim() || undefined),
  });
}
