/** The HTTP status and the text of every error an API answer can carry; the code is the key. */
export const ERRORS = {
  // 400
  'invalid-request': { status: 400, text: 'The request is not valid' },
  'nothing-to-update': { status: 400, text: 'No fields to update' },
  'avatar-not-found-for-agent': { status: 400, text: 'Avatar not found' },
  'no-file-uploaded': { status: 400, text: 'No file uploaded' },
  'name-required': { status: 400, text: 'name required' },
  'name-and-url-required': { status: 400, text: 'name and url required' },
  'address-not-allowed': { status: 400, text: 'This address is not allowed' },
  'offer-invalid': { status: 400, text: 'The offer is no session description that can be answered' },
  'audio-unreadable': { status: 400, text: 'The file is no audio that can be read' },
  'set-up-link-invalid': { status: 400, text: 'This set-up link is not valid any more' },
  'try-link-invalid': { status: 400, text: 'This link is not valid any more' },
  // 401
  'api-key-required': { status: 401, text: 'API key required' },
  'invalid-api-key': { status: 401, text: 'Invalid API key' },
  'api-key-deactivated': { status: 401, text: 'API key has been deactivated' },
  'invalid-token': { status: 401, text: 'Invalid or expired token' },
  'wrong-credentials': { status: 401, text: 'Wrong e-mail address or password' },
  'not-signed-in': { status: 401, text: 'Not signed in' },
  // 403
  'scope-missing': { status: 403, text: 'This credential does not allow that' },
  'origin-not-allowed': { status: 403, text: 'This origin is not allowed' },
  'session-type-not-allowed': { status: 403, text: 'This embed does not allow this type of session' },
  'embed-expired': { status: 403, text: 'This embed has expired' },
  'account-deactivated': { status: 403, text: 'This account has been deactivated' },
  // 404
  'route-not-found': { status: 404, text: 'There is no such endpoint' },
  'agent-not-found': { status: 404, text: 'Agent not found' },
  'agent-not-accessible': { status: 404, text: 'Agent not found or access denied' },
  'avatar-not-found': { status: 404, text: 'Avatar not found' },
  'session-not-found': { status: 404, text: 'Session not found' },
  'key-not-found': { status: 404, text: 'API key not found' },
  'embed-not-found': { status: 404, text: 'Embed not found' },
  'user-not-found': { status: 404, text: 'User not found' },
  'provider-not-found': { status: 404, text: 'Provider not found' },
  'model-not-found': { status: 404, text: 'Model not found' },
  'recording-not-found': { status: 404, text: 'The session has no recording' },
  'reply-not-found': { status: 404, text: 'No reply is being made' },
  // 409
  'session-ended': { status: 409, text: 'The session has ended' },
  'session-active': { status: 409, text: 'The session is still active; end it first' },
  'session-busy': { status: 409, text: 'Too many messages are waiting for their replies' },
  'session-type-conflict': { status: 409, text: 'The session type does not allow that' },
  'agent-in-use': { status: 409, text: 'The agent has live sessions; end them first' },
  'idempotency-mismatch': { status: 409, text: 'The idempotency key was used with a different request' },
  'email-taken': { status: 409, text: 'A user with this e-mail address exists already' },
  'last-administrator': { status: 409, text: 'The last administrator cannot be removed' },
  'own-account': { status: 409, text: 'You cannot delete your own account' },
  'model-in-use': { status: 409, text: 'The model is in use' },
  // 413, 415
  'too-large': { status: 413, text: 'The request is too large' },
  'unsupported-image': { status: 415, text: 'The file is not a PNG, JPEG, WebP or GIF image' },
  // 416
  'range-not-satisfiable': { status: 416, text: 'There is nothing in this range' },
  // 429
  'too-many-attempts': { status: 429, text: 'Too many failed attempts. Please try again later.' },
  'rate-limited': { status: 429, text: 'Too many requests. Please retry after 1 minute.' },
  'concurrency-limit': { status: 429, text: 'Too many live sessions; end one first' },
  'embed-busy': { status: 429, text: 'All minutes that this embed has left are set aside for calls that are going on' },
  'embed-budget-exhausted': { status: 429, text: 'This embed has used up its budget for today' },
  // 500
  internal: { status: 500, text: 'Internal server error' },
  // 502, 503
  'provider-failed': { status: 502, text: 'The language model provider failed' },
  'provider-unavailable': { status: 503, text: 'No language model provider could be reached' },
  'no-language-model': { status: 503, text: 'No language model is available' },
  'language-model-loading': { status: 503, text: 'The language model is being fetched or loaded' },
  'no-speech-model': { status: 503, text: 'No speech model is available' },
  'speech-model-loading': { status: 503, text: 'The speech model is being fetched or loaded' },
  'speech-busy': { status: 503, text: 'The speech engine is busy' },
  'no-capacity': { status: 503, text: 'No worker is available' },
  'worker-lost': { status: 503, text: 'The worker that made the reply was lost; retry with the same Idempotency-Key' },
  'server-restarting': { status: 503, text: 'The server is restarting; retry in a moment' },
  'server-busy': { status: 503, text: 'The server is busy; retry in a moment' },
  'storage-full': { status: 503, text: 'The server cannot store anything: its disk is full' },
} as const satisfies Record<string, { status: number; text: string }>;

/** The stable, kebab-case name of an error. */
export type ErrorCode = keyof typeof ERRORS;

/** The body of every error answer. `details` maps a field path to what is wrong with it. */
export interface ErrorBody {
  success: false;
  error: string;
  code: string;
  details?: Record<string, string>;
}
