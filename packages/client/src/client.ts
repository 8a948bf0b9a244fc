import { type Auth, auth, type Keys, keys, type Users, users } from './rest/accounts.ts';
import { type Agents, agents } from './rest/agents.ts';
import { type Avatars, avatars } from './rest/avatars.ts';
import type { Credentials } from './rest/credentials.ts';
import { type Embeds, embeds } from './rest/embeds.ts';
import { createHttp, type Http, type HttpOptions } from './rest/http.ts';
import {
  type Models,
  models,
  type ProviderMethods,
  providers,
  type UsageMethods,
  usage,
  type Voices,
  voices,
} from './rest/machine.ts';
import { type Sessions, sessions } from './rest/sessions.ts';
import { type Speech, speech } from './rest/speech.ts';
import { type TryLinks, tryLinks } from './rest/try-links.ts';

/** Every endpoint of the REST API, in groups named after their paths. Bodies and answers are those of `openapi.json`. */
export interface Client {
  readonly agents: Agents;
  readonly auth: Auth;
  readonly avatars: Avatars;
  readonly embeds: Embeds;
  readonly keys: Keys;
  readonly models: Models;
  readonly providers: ProviderMethods;
  readonly sessions: Sessions;
  readonly speech: Speech;
  readonly tryLinks: TryLinks;
  readonly usage: UsageMethods;
  readonly users: Users;
  readonly voices: Voices;
  /** Requests to paths that this SDK does not know. */
  readonly http: Http;
  /** The same server for another caller; undefined: for nobody. */
  as(credentials: Credentials | undefined): Client;
}

export type ClientOptions = HttpOptions;

/** The API of one server, for one caller. Sends nothing by itself. */
export function createClient(options: ClientOptions = {}): Client {
  return clientOf(createHttp(options));
}

function clientOf(http: Http): Client {
  return {
    agents: agents(http),
    auth: auth(http),
    avatars: avatars(http),
    embeds: embeds(http),
    keys: keys(http),
    models: models(http),
    providers: providers(http),
    sessions: sessions(http),
    speech: speech(http),
    tryLinks: tryLinks(http),
    usage: usage(http),
    users: users(http),
    voices: voices(http),
    http,
    as: (credentials) => clientOf(http.as(credentials)),
  };
}
