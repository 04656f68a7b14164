/** What the commands that read the archive have in common: what is damaged is told, and AWS's refusals are explained. */

import { MalformedIdError } from '../../lambda/archive/raw/find-record.ts';
import type { Damage } from '../../lambda/archive/raw/raw-object.ts';
import { damageInWords } from '../../lambda/archive/raw/read-archive.ts';
import { InvalidKeyError, ObjectFrozenError } from '../../lambda/archive/store/object-store.ts';
import { AwsCallError } from '../../lambda/shared/aws-errors.ts';
import { printable } from '../../lambda/shared/remote-words.ts';
import { plural } from '../amounts.ts';
import { askAws } from '../aws.ts';
import { UsageError, UserError } from '../errors.ts';
import type { Output } from '../output.ts';

/** Damages that are told one by one. */
const TOLD = 20;

/** Keeps what could not be read until the result is out. */
export class DamageReport {
  readonly #damages: Damage[] = [];

  readonly add = (damage: Damage): void => {
    this.#damages.push(damage);
  };

  /** @returns whether something is damaged. */
  tell(output: Output): boolean {
    for (const damage of this.#damages.slice(0, TOLD)) {
      output.warning(`Damaged, and left out: ${printable(damageInWords(damage))}.`);
    }
    if (this.#damages.length > TOLD) {
      output.warning(`${plural(this.#damages.length - TOLD, 'more place is', 'more places are')} damaged.`);
    }
    return this.#damages.length > 0;
  }
}

/**
 * @param service that is asked, as messages name it.
 * @throws UserError, or UsageError, as the command line tool shows them.
 */
export function explained<T>(read: () => Promise<T>, service = 'S3'): Promise<T> {
  return askAws(service, async () => {
    try {
      return await read();
    } catch (error) {
      throw inUsersTerms(error);
    }
  });
}

function inUsersTerms(error: unknown): unknown {
  if (error instanceof AwsCallError) {
    return error.cause;
  }
  if (error instanceof ObjectFrozenError) {
    return new UserError(error.message, { cause: error });
  }
  const isTheirs = error instanceof MalformedIdError || error instanceof InvalidKeyError;
  return isTheirs ? new UsageError(error.message, { cause: error }) : error;
}
