/** A JSON object as a caller gave it. */
export type JsonObject = Record<string, unknown>;

export interface Agent {
  id: number;
  userId: number;
  name: string;
  avatarId: number | null;
  language: string;
  customGreeting: string | null;
  context: string | null;
  properties: JsonObject | null;
  memories: JsonObject | null;
  knowledgeBase: JsonObject | null;
  /** Of the stored picture that may stand behind the face. */
  backgroundKey: string | null;
  status: 'active' | 'archived';
  createdAt: number;
  updatedAt: number;
}

/** An agent with what its sessions and its avatar add to it. */
export interface AgentOverview extends Agent {
  /** When its newest session started. */
  lastUsedAt: number | null;
  totalSessions: number;
  /** Whole seconds, over completed sessions, as the server measured them; 0 without any. */
  averageDurationSeconds: number;
  avatarName: string | null;
  avatarUrl: string | null;
  voiceId: string | null;
}

export type NewAgent = Pick<
  Agent,
  'name' | 'avatarId' | 'language' | 'customGreeting' | 'context' | 'properties' | 'memories' | 'knowledgeBase'
>;

export type AgentChanges = Partial<NewAgent & Pick<Agent, 'status' | 'backgroundKey'>>;

export interface Page {
  limit: number;
  /** The last row's cursor of the page before. */
  cursor?: string;
}

export interface AgentStore {
  insert(userId: number, agent: NewAgent, now: number): Promise<Agent>;
  find(userId: number, id: number): Promise<Agent | undefined>;
  overview(userId: number, id: number): Promise<AgentOverview | undefined>;
  /** Newest `updatedAt` first. */
  list(userId: number, options: { status: 'active' | 'archived' | 'all'; page: Page }): Promise<AgentOverview[]>;
  /** False where there is no such agent. */
  update(userId: number, id: number, changes: AgentChanges, now: number): Promise<boolean>;
  /** Keeps the name for past sessions, forgets everything else. */
  delete(userId: number, id: number, now: number): Promise<boolean>;
  /** Of every background picture, of all users. */
  backgroundKeys(): Promise<string[]>;
}
