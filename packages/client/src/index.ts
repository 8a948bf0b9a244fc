/** The SDK of Visavis: every REST endpoint, typed; for browsers and Node. */
export type { ServerEvent } from '@visavis/protocol';
export { type Client, type ClientOptions, createClient } from './client.ts';
export {
  DriveError,
  type DriveEvents,
  type DriveOptions,
  driveFace,
  type FaceDriver,
  type PeerLike,
  type SocketLike,
} from './drive.ts';
export type { Auth, Keys, Users } from './rest/accounts.ts';
export type { AgentQuery, Agents, BackgroundFile } from './rest/agents.ts';
export type { Avatars, AvatarUpload } from './rest/avatars.ts';
export type { Credentials, TokenSource } from './rest/credentials.ts';
export type { EmbedQuery, Embeds } from './rest/embeds.ts';
export { ApiError, type KnownErrorCode, TimeoutError, UnreachableError, VisavisError } from './rest/errors.ts';
export type { CallOptions, Http, HttpRequest, Method } from './rest/http.ts';
export type { Models, ProviderMethods, UsageMethods, Voices } from './rest/machine.ts';
export type { Messages, ReplyEvent } from './rest/messages.ts';
export type { List, Page, PageQuery } from './rest/pages.ts';
export type { SessionQuery, Sessions } from './rest/sessions.ts';
export type { Speech, SpeechEvent, SpokenWordTime, TranscriptEvent, TranscriptionRequest } from './rest/speech.ts';
export type { TryLinks } from './rest/try-links.ts';
export type * from './rest/types.ts';
