import type {
  AgentDetail,
  AgentListItem,
  AgentSessionItem,
  AvatarDetail,
  ChangePassword,
  ConnectedSession,
  ConnectSession,
  CreateAgent,
  CreateAvatar,
  CreatedAgent,
  CreatedAvatar,
  CreatedEmbedSession,
  CreatedKey,
  CreatedSession,
  CreatedTryLink,
  CreateEmbed,
  CreateEmbedSession,
  CreateKey,
  CreateSession,
  CreateSpeech,
  EmbedDetail,
  EmbedWidget,
  EndedSession,
  EndSession,
  ExchangeTryLink,
  IceServer,
  InvitedUser,
  InviteUser,
  KeyDetail,
  KeyScope,
  Me,
  MessageAnswer,
  MessageItem,
  ModelItem,
  ProviderDetail,
  ProviderList,
  ProviderTestAnswer,
  PutProvider,
  Reply,
  SessionDetail,
  SessionListItem,
  SessionTokenAnswer,
  SessionType,
  SetUpAccount,
  SignedIn,
  SignIn,
  StartedSession,
  TestProvider,
  TimelineAnswer,
  Transcription,
  TriedSession,
  UpdateAgent,
  UpdateAvatar,
  UpdateEmbed,
  UpdateKey,
  UpdateMe,
  UpdateUser,
  UploadedAvatar,
  UsageAnswer,
  UsageQualityAnswer,
  UserDetail,
  VoiceItem,
} from '@visavis/protocol';
import type { z } from 'zod';

// What comes from the server (as it is after reading), and what is sent to it (as it is before), in the words of the protocol.
export type SessionTypeName = z.output<typeof SessionType>;
/** A session type as it may be sent: older spellings are taken too. */
export type SessionTypeInput = SessionTypeName | 'voice' | 'video' | 'chat';

export type Agent = z.output<typeof AgentDetail>;
export type AgentSummary = z.output<typeof AgentListItem>;
export type AgentSession = z.output<typeof AgentSessionItem>;
export type NewAgent = z.input<typeof CreateAgent>;
export type MadeAgent = z.output<typeof CreatedAgent>['agent'];
export type AgentChanges = z.input<typeof UpdateAgent>;

export type Avatar = z.output<typeof AvatarDetail>;
export type NewAvatar = z.input<typeof CreateAvatar>;
export type MadeAvatar = z.output<typeof CreatedAvatar>;
export type SentAvatar = z.output<typeof UploadedAvatar>;
export type AvatarChanges = z.input<typeof UpdateAvatar>;

export type Session = z.output<typeof SessionDetail>;
export type SessionSummary = z.output<typeof SessionListItem>;
export type NewSession = z.input<typeof CreateSession>;
export type StartedSessionAnswer = z.output<typeof CreatedSession>;
export type Started = z.output<typeof StartedSession>;
export type SessionEnd = NonNullable<z.input<typeof EndSession>>;
export type Ended = z.output<typeof EndedSession>['session'];
/** What happened in a session besides what was said. */
export type Timeline = Pick<z.output<typeof TimelineAnswer>, 'timeline' | 'left_out'>;
export type TimelineEntry = Timeline['timeline'][number];
export type Offer = z.input<typeof ConnectSession>;
export type Answer = z.output<typeof ConnectedSession>;
export type Ice = z.output<typeof IceServer>;
export type SessionToken = z.output<typeof SessionTokenAnswer>;

export type Message = z.output<typeof MessageItem>;
export type AgentReply = z.output<typeof Reply>;
export type SentMessage = z.output<typeof MessageAnswer>;

export type Voice = z.output<typeof VoiceItem>;
export type Model = z.output<typeof ModelItem>;
export type SpeechRequest = z.input<typeof CreateSpeech>;
export type TranscriptionAnswer = z.output<typeof Transcription>;

export type Key = z.output<typeof KeyDetail>;
export type Scope = z.output<typeof KeyScope>;
export type NewKey = z.input<typeof CreateKey>;
export type MadeKey = z.output<typeof CreatedKey>;
export type KeyChanges = z.input<typeof UpdateKey>;

export type User = z.output<typeof UserDetail>;
export type Invitation = z.input<typeof InviteUser>;
export type Invited = z.output<typeof InvitedUser>;
export type UserChanges = z.input<typeof UpdateUser>;

export type AccountSetUp = z.input<typeof SetUpAccount>;
export type SignInBody = z.input<typeof SignIn>;
export type OwnChanges = z.input<typeof UpdateMe>;
export type PasswordChange = z.input<typeof ChangePassword>;
export type SignInAnswer = z.output<typeof SignedIn>;
export type MeAnswer = z.output<typeof Me>;

export type Provider = z.output<typeof ProviderDetail>;
export type Providers = Omit<z.output<typeof ProviderList>, 'success'>;
export type ProviderBody = z.input<typeof PutProvider>;
export type ProviderTest = z.input<typeof TestProvider>;
export type ProviderTestResult = z.output<typeof ProviderTestAnswer>['result'];

export type Embed = z.output<typeof EmbedDetail>;
export type NewEmbed = z.input<typeof CreateEmbed>;
export type EmbedChanges = z.input<typeof UpdateEmbed>;
export type EmbedWidgetView = z.output<typeof EmbedWidget>;
export type EmbedSessionBody = z.input<typeof CreateEmbedSession>;
export type StartedEmbedSession = z.output<typeof CreatedEmbedSession>;

export type Usage = Omit<z.output<typeof UsageAnswer>, 'success'>;
export type UsageQuality = Omit<z.output<typeof UsageQualityAnswer>, 'success'>;

export type TryLink = z.output<typeof CreatedTryLink>;
export type TryLinkExchange = z.input<typeof ExchangeTryLink>;
export type Tried = z.output<typeof TriedSession>;
