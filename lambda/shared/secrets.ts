import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { explainAwsError } from './aws-errors.ts';

/** A secret cannot be read, or holds nothing that can be used. Its value is never shown. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/** What to do, by the name of Secrets Manager's error. */
const CURES: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'It does not exist, or is being deleted: create it, or give the ARN of another.',
  AccessDeniedException:
    "The function's role needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key.",
  DecryptionFailure: "The function's role needs kms:Decrypt on the key that encrypts it.",
};

interface KeptSecret {
  readonly value: string;
  readonly readAt: number;
  readonly storedAt: Date | undefined;
}

/**
 * Reads secrets, and keeps each for a while, so that a busy function does not ask for every object.
 *
 * `forget` drops a secret, after a 401 say, and the next `read` asks again.
 */
export class SecretReader {
  readonly #client: SecretsManagerClient;
  readonly #cache = new Map<string, KeptSecret>();
  readonly #maximumAgeMs: number;

  constructor(client: SecretsManagerClient = new SecretsManagerClient({}), maximumAgeMs = 5 * 60_000) {
    this.#client = client;
    this.#maximumAgeMs = maximumAgeMs;
  }

  /**
   * @throws SecretError where the secret cannot be read, or is empty or binary.
   * @throws AwsCallError where Secrets Manager fails.
   */
  async read(arn: string, signal?: AbortSignal): Promise<string> {
    const cached = this.#cache.get(arn);
    if (cached !== undefined && Date.now() - cached.readAt < this.#maximumAgeMs) {
      return cached.value;
    }
    const { SecretString, CreatedDate: storedAt } = await this.#fetch(arn, signal);
    const value = SecretString?.trim();
    if (value === undefined || value === '') {
      throw new SecretError(`The secret ${arn} holds no text. Put the credential into it as plain text.`);
    }
    this.#cache.set(arn, { value, readAt: Date.now(), storedAt });
    return value;
  }

  forget(arn: string): void {
    this.#cache.delete(arn);
  }

  /** When the value that `read` keeps at present was stored; `undefined` where it keeps none. */
  storedAt(arn: string): Date | undefined {
    return this.#cache.get(arn)?.storedAt;
  }

  async #fetch(arn: string, signal: AbortSignal | undefined): Promise<GetSecretValueCommandOutput> {
    try {
      const command = new GetSecretValueCommand({ SecretId: arn });
      return await this.#client.send(command, signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      const { name, message } = error as Error;
      const cure = CURES[name];
      if (cure === undefined) {
        throw explainAwsError(`secretsmanager:GetSecretValue on ${arn}`, error, signal);
      }
      throw new SecretError(`The secret ${arn} cannot be read (${name}: ${message}). ${cure}`, {
        cause: error,
      });
    }
  }
}
