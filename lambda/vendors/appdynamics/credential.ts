/** As whom an AppDynamics controller is called. */
import * as z from 'zod';
import { appDynamicsUrl } from '../endpoints.ts';
import { callVendor } from '../vendor-call.ts';

/** What a call is sent with. */
export interface Authorization {
  /** The header's value; a secret. */
  readonly header: string;
  /** What must not be shown, should the controller echo it. */
  readonly secrets: readonly string[];
}

export interface AppDynamicsCredential {
  authorization(signal: AbortSignal): Promise<Authorization>;
  /** After a refusal: what is cached is not used again. */
  forget(): void;
}

/** Reads the password or the API client's secret; `forget` drops what it keeps. */
export interface SecretSource {
  read(signal: AbortSignal): Promise<string>;
  forget(): void;
}

/**
 * A user's name and password.
 *
 * Source: Splunk AppDynamics documentation, "Splunk AppDynamics APIs": HTTP basic authentication as `<user>@<account>`.
 *
 * @param principal `<user>@<account>`
 */
export function basicCredential(principal: string, password: SecretSource): AppDynamicsCredential {
  return {
    authorization: async (signal) => {
      const secret = await password.read(signal);
      const encoded = Buffer.from(`${principal}:${secret}`).toString('base64');
      return { header: `Basic ${encoded}`, secrets: [secret] };
    },
    forget: () => password.forget(),
  };
}

export interface ApiClient {
  readonly controllerUrl: string;
  /** `<API client>@<account>` */
  readonly clientId: string;
  readonly clientSecret: SecretSource;
  /** What the calls are for, as their messages begin. */
  readonly step: string;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

const tokenAnswer = z.object({
  access_token: z.string().min(1).max(65_536),
  expires_in: z.number().positive().optional(),
});

/** Of a token whose answer does not say it. Source: as below, "The default expiration is five minutes". */
const DEFAULT_EXPIRY_SECONDS = 300;
/** A token is not used any more so long before it expires, or in the last fifth of a shorter life. */
const EXPIRY_MARGIN_MS = 30_000;
const MARGIN_SHARE = 0.2;
const CLIENT_CURE =
  'Check in the controller, under Administration > API Clients, that the client exists, its secret is this one, and its name is ' +
  'given as <API client>@<account>.';

interface KeptToken {
  readonly authorization: Authorization;
  readonly usableUntil: number;
}

/**
 * An API client's name and secret, for which the controller gives tokens: one is asked for when it is needed, and used until
 * shortly before it expires.
 *
 * Source: Splunk AppDynamics documentation, "API Clients": `POST /controller/api/oauth/access_token`.
 */
export class OAuthCredential implements AppDynamicsCredential {
  readonly #client: ApiClient;
  readonly #now: () => number;
  #kept: KeptToken | undefined;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#now = client.now ?? Date.now;
  }

  /** @throws VendorError where the controller gives no token. */
  async authorization(signal: AbortSignal): Promise<Authorization> {
    if (this.#kept === undefined || this.#now() >= this.#kept.usableUntil) {
      this.#kept = await this.#ask(signal);
    }
    return this.#kept.authorization;
  }

  forget(): void {
    this.#kept = undefined;
    // The next token is asked for with whatever the secret is then.
    this.#client.clientSecret.forget();
  }

  async #ask(signal: AbortSignal): Promise<KeptToken> {
    const { controllerUrl, clientId, clientSecret, step } = this.#client;
    const secret = await clientSecret.read(signal);
    const askedAt = this.#now();
    const answer = await callVendor({
      vendor: 'Splunk AppDynamics',
      step,
      method: 'POST',
      url: appDynamicsUrl(controllerUrl, '/controller/api/oauth/access_token'),
      headers: {},
      form: { grant_type: 'client_credentials', client_id: clientId, client_secret: secret },
      secrets: [secret],
      // A token too many expires by itself.
      idempotent: true,
      cures: { 400: CLIENT_CURE, 401: CLIENT_CURE, 403: CLIENT_CURE },
      answer: tokenAnswer,
      signal,
    });
    const lifeMs = (answer.expires_in ?? DEFAULT_EXPIRY_SECONDS) * 1000;
    return {
      authorization: { header: `Bearer ${answer.access_token}`, secrets: [secret] },
      usableUntil: askedAt + lifeMs - Math.min(EXPIRY_MARGIN_MS, lifeMs * MARGIN_SHARE),
    };
  }
}
