/** Which accounts the rounds have come by: one that vanishes from the bucket is no account less to be asked about. */
import type { AccountsMemory } from '../../contract/completeness-round.ts';
import { logger } from '../shared/logger.ts';
import type { TrailAccount } from './series-discovery.ts';

type Trail = Pick<TrailAccount, 'prefix' | 'organizationId'>;

const HOUR_MS = 3_600_000;
/** As many as fit into an item of DynamoDB, which is 400 KB, with room to spare. */
export const MAXIMUM_KNOWN_ACCOUNTS = 12_000;

export class KnownAccounts {
  readonly #trails: Map<string, { readonly trail: Trail; readonly accounts: Map<string, number> }>;
  #count: number;

  constructor({ trails }: AccountsMemory = { trails: [] }) {
    this.#trails = new Map(
      trails.map(({ accounts, ...trail }) => [
        nameOf(trail),
        { trail, accounts: new Map(Object.entries(accounts)) },
      ]),
    );
    this.#count = trails.reduce((count, { accounts }) => count + Object.keys(accounts).length, 0);
  }

  get memory(): AccountsMemory {
    return {
      trails: [...this.#trails.values()].map(({ trail, accounts }) => ({
        ...trail,
        accounts: Object.fromEntries(accounts),
      })),
    };
  }

  /** The round up to that time has come by the account. */
  visit({ prefix, organizationId, accountId }: TrailAccount, to: Date): void {
    const trail = { prefix, organizationId };
    const known = this.#trails.get(nameOf(trail)) ?? { trail, accounts: new Map<string, number>() };
    if (!known.accounts.has(accountId)) {
      if (this.#count >= MAXIMUM_KNOWN_ACCOUNTS) {
        logger.warn('There are more accounts than are remembered: should it vanish, nobody asks about it', {
          prefix,
          accountId,
        });
        return;
      }
      this.#count += 1;
    }
    this.#trails.set(nameOf(trail), known);
    known.accounts.set(accountId, hoursOf(to));
  }

  forget({ accountId, ...trail }: TrailAccount): void {
    const known = this.#trails.get(nameOf(trail));
    this.#count -= known?.accounts.delete(accountId) === true ? 1 : 0;
    if (known?.accounts.size === 0) {
      this.#trails.delete(nameOf(trail));
    }
  }

  /** Those that the round up to that time has not come by. */
  missedBy(to: Date): readonly TrailAccount[] {
    return [...this.#trails.values()].flatMap(({ trail, accounts }) =>
      [...accounts].flatMap(([accountId, visited]) =>
        visited < hoursOf(to) ? [{ ...trail, accountId }] : [],
      ),
    );
  }
}

function nameOf({ prefix, organizationId = '' }: Trail): string {
  return `${prefix}/${organizationId}`;
}

function hoursOf(time: Date): number {
  return Math.floor(time.getTime() / HOUR_MS);
}
