import { wordsOf } from '../shared/aws-errors.ts';
import type { SecretReader } from '../shared/secrets.ts';
import { RetryableError } from './failures.ts';

/** What this needs of a `SecretReader`. */
type TokenSecrets = Pick<SecretReader, 'read' | 'forget' | 'storedAt'>;

/** The destination's token: cached, and read again when the destination does not accept it. */
export class DestinationToken {
  readonly #secrets: TokenSecrets;
  readonly #secretArn: string;

  constructor(secrets: TokenSecrets, secretArn: string) {
    this.#secrets = secrets;
    this.#secretArn = secretArn;
  }

  /** @throws RetryableError `TokenUnreadable` */
  async read(signal: AbortSignal): Promise<string> {
    try {
      return await this.#secrets.read(this.#secretArn, signal);
    } catch (cause) {
      throw new RetryableError('TokenUnreadable', `The token could not be read (${wordsOf(cause)}).`, {
        cause,
      });
    }
  }

  /**
   * Reads the token anew, unless another part that was refused with the same one has done so already.
   *
   * @throws RetryableError `TokenUnreadable`
   */
  async readAfterRefusal(refused: string, signal: AbortSignal): Promise<string> {
    if ((await this.read(signal)) === refused) {
      this.#secrets.forget(this.#secretArn);
    }
    return await this.read(signal);
  }

  /** Milliseconds since the token that is in use was stored; `undefined` before it was read. */
  get ageMs(): number | undefined {
    const storedAt = this.#secrets.storedAt(this.#secretArn);
    return storedAt === undefined ? undefined : Date.now() - storedAt.getTime();
  }
}
