import { randomUUID } from 'node:crypto';
import { simulatedJwt } from './tenant.ts';

/** A CloudTrail service token as the state shows it: without its value. Times in ms since the epoch. */
export interface ServiceToken {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly revokedAt?: number;
}

/** `former`: all but the one issued last. */
export type RevokedTokens = 'all' | 'former';

/** Thirty days (Cloud One documentation, "Forward AWS CloudTrail logs", preview limitations). */
const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;

/** The tokens that `POST /api/stacks` issued. Assumed: a new one leaves the older ones valid. */
export class ServiceTokens {
  readonly #issued = new Map<string, ServiceToken>();

  issue(at: number): string {
    const expiresAt = at + LIFETIME_MS;
    const seconds = (ms: number) => Math.floor(ms / 1000);
    const token = simulatedJwt(
      { jti: randomUUID(), iat: seconds(at), exp: seconds(expiresAt) },
      'simulatedCloudTrailServiceToken',
    );
    this.#issued.set(token, { issuedAt: at, expiresAt });
    return token;
  }

  isValid(token: string, at: number): boolean {
    const issued = this.#issued.get(token);
    return issued !== undefined && issued.revokedAt === undefined && at < issued.expiresAt;
  }

  /** Revokes tokens issued so far, and says how many of them were still standing. */
  revoke(which: RevokedTokens, at: number): number {
    const newest = [...this.#issued.keys()].at(-1);
    let revoked = 0;
    for (const [token, issued] of this.#issued) {
      if (issued.revokedAt !== undefined || (which === 'former' && token === newest)) continue;
      this.#issued.set(token, { ...issued, revokedAt: at });
      revoked += 1;
    }
    return revoked;
  }

  state(): ServiceToken[] {
    return [...this.#issued.values()];
  }
}
