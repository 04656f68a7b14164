import type { Call } from './http.ts';
import type { RevokedTokens } from './service-tokens.ts';
import type { Tenant } from './tenant.ts';

const SCHEME = 'ApiKey ';

/**
 * The API keys of the tenant's Cloud One account: the one that it was started with, and those issued since, as
 * a person does who rotates one (Cloud One documentation, "Manage API keys").
 */
export class ApiKeys {
  readonly #tenant: Tenant;
  /** Every key with whether it still stands, in the order of issue. */
  readonly #issued: Map<string, boolean>;

  constructor(tenant: Tenant) {
    this.#tenant = tenant;
    this.#issued = new Map([[tenant.cloudOneApiKey, true]]);
  }

  /** A further key of the same account, with an id of its own. */
  issue(): string {
    const number = String(this.#issued.size + 1);
    const key = `tmcSimulatedKeyId${number.padStart(10, '0')}:simulatedCloudOneApiKeySecretNotARealOne${number.padStart(9, '0')}`;
    this.#issued.set(key, true);
    return key;
  }

  /** @returns how many of them were still standing. */
  revoke(which: RevokedTokens): number {
    const keys = [...this.#issued.keys()];
    const revoked = (which === 'all' ? keys : keys.slice(0, -1)).filter((key) => this.#issued.get(key));
    for (const key of revoked) this.#issued.set(key, false);
    return revoked.length;
  }

  /** Whether a key that stands has this id. */
  hasId(id: string | undefined): boolean {
    return [...this.#issued].some(([key, stands]) => stands && key.slice(0, key.indexOf(':')) === id);
  }

  /** The call as the services take it, which know one key: with that one for each that stands, and with none else. */
  translated(call: Call): Call {
    const { authorization } = call.headers;
    if (!authorization?.startsWith(SCHEME)) return call;
    const key = authorization.slice(SCHEME.length);
    const known = this.#issued.get(key);
    const taken = known === undefined ? key : known ? this.#tenant.cloudOneApiKey : 'revoked';
    return { ...call, headers: { ...call.headers, authorization: SCHEME + taken } };
  }
}
