import type { AppDynamicsSettings } from './audit-settings.ts';
import { type Call, credentials, json, mediaType, Refused, type Reply } from './http.ts';
import { simulatedJwt, type Tenant } from './tenant.ts';

/** Who may ask the controller: a user with a password, or an API client with a token of limited life. */
export interface AppDynamicsAccess {
  /** Answers `POST /controller/api/oauth/access_token`. */
  token(call: Call, settings: AppDynamicsSettings): Reply;
  /** @throws Refused with 401 */
  check(call: Call, settings: AppDynamicsSettings): void;
  state(): { readonly tokensIssued: number; readonly tokensRefused: number };
}

/** Splunk AppDynamics documentation, "API Clients": five minutes, unless the client says otherwise. */
const TOKEN_LIFE_SECONDS = 300;

/** Of the token's request. The second is the older one, which the documentation's example still shows. */
const FORM_TYPES = ['application/x-www-form-urlencoded', 'application/vnd.appd.cntrl+protobuf'];

interface IssuedToken {
  readonly diesAt: number;
  calls: number;
}

export function createAppDynamicsAccess(tenant: Tenant, now: () => Date): AppDynamicsAccess {
  const issued = new Map<string, IssuedToken>();
  let tokensRefused = 0;
  const user = `${tenant.appDynamicsUser}@${tenant.appDynamicsAccount}:${tenant.appDynamicsPassword}`;
  const basic = Buffer.from(user).toString('base64');

  const stands = (token: string, { tokenDiesAfterCalls }: AppDynamicsSettings): boolean => {
    const found = issued.get(token);
    if (found === undefined || now().getTime() >= found.diesAt) return false;
    found.calls += 1;
    return found.calls <= (tokenDiesAfterCalls ?? Number.POSITIVE_INFINITY);
  };

  return {
    token: (call, { tokenLifeSeconds = TOKEN_LIFE_SECONDS }) => {
      // Assumed: the codes of what is refused here.
      if (!FORM_TYPES.includes(mediaType(call.headers))) throw new Refused(415, 'Expected a form.');
      const form = new URLSearchParams(call.body.toString('utf8'));
      if (form.get('grant_type') !== 'client_credentials') throw new Refused(400, 'Unknown grant_type.');
      const client = `${tenant.appDynamicsApiClient}@${tenant.appDynamicsAccount}`;
      const isKnown =
        form.get('client_id') === client && form.get('client_secret') === tenant.appDynamicsApiClientSecret;
      if (!isKnown) throw new Refused(401, 'Wrong client_id or client_secret.');
      const token = simulatedJwt({ sub: client, n: issued.size }, 'simulatedAppDynamicsAccessToken');
      issued.set(token, { diesAt: now().getTime() + tokenLifeSeconds * 1000, calls: 0 });
      return json(200, { access_token: token, expires_in: tokenLifeSeconds });
    },
    check: (call, settings) => {
      if (credentials(call.headers, 'Basic') === basic) return;
      const token = credentials(call.headers, 'Bearer');
      if (token !== undefined && stands(token, settings)) return;
      if (token !== undefined) tokensRefused += 1;
      throw new Refused(401, 'Unauthorized');
    },
    state: () => ({ tokensIssued: issued.size, tokensRefused }),
  };
}
