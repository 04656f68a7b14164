import type { CloudOneAuditSettings } from './audit-settings.ts';
import type { Position } from './cloud-one-pages.ts';
import { Refused } from './http.ts';

interface Issued {
  readonly position: Position;
  readonly at: number;
  readonly serial: number;
}

/**
 * The audit log's cursors: opaque to whoever holds one, and stale when a setting says so.
 * Assumed: 400 for one that is stale or none of ours.
 */
export class Cursors {
  /** How many were refused. */
  refused = 0;
  #issued = 0;
  /** Cursors up to this number are stale. */
  #staleUpTo = 0;
  #pages = 0;
  #strikes: NonNullable<CloudOneAuditSettings['staleCursors']> = { afterPages: 0, times: 0 };

  expect(strikes: NonNullable<CloudOneAuditSettings['staleCursors']>): void {
    this.#strikes = strikes;
    this.#pages = 0;
  }

  countPage(): void {
    this.#pages += 1;
  }

  /** Safe in a URL as it is: the vendor's own script puts it there unencoded. */
  write(position: Position, now: number): string {
    this.#issued += 1;
    const issued: Issued = { position, at: now, serial: this.#issued };
    return Buffer.from(JSON.stringify(issued)).toString('base64url');
  }

  /**
   * @returns undefined where there is no cursor: the first page
   * @throws Refused with 400
   */
  read(
    cursor: string | null,
    { cursorLifeMs = Number.POSITIVE_INFINITY }: CloudOneAuditSettings,
    now: number,
  ): Position | undefined {
    if (cursor === null) return undefined;
    this.#strike();
    const issued = decoded(cursor);
    if (issued === undefined || issued.serial <= this.#staleUpTo || now - issued.at > cursorLifeMs) {
      this.refused += 1;
      throw new Refused(400, 'The cursor is not valid.');
    }
    return issued.position;
  }

  #strike(): void {
    const { afterPages, times } = this.#strikes;
    if (times === 0 || this.#pages < afterPages) return;
    this.#strikes = { afterPages, times: times - 1 };
    this.#staleUpTo = this.#issued;
    this.#pages = 0;
  }
}

function decoded(cursor: string): Issued | undefined {
  try {
    const issued: Partial<Issued> | null = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return issued?.position === undefined ? undefined : (issued as Issued);
  } catch (error) {
    // Recovery: not one of ours; the caller is told so.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
