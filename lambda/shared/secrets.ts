import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A secret holds nothing that can be used. Its value is never shown. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * Reads secrets, and keeps each for a while, so that a busy function does not ask for every object.
 *
 * `forget` drops a secret, after a 401 say, and the next `read` asks again.
 */
export class SecretReader {
  readonly #client: SecretsManagerClient;
  readonly #cache = new Map<string, { readonly value: string; readonly readAt: number }>();
  readonly #maximumAgeMs: number;

  constructor(client: SecretsManagerClient = new SecretsManagerClient({}), maximumAgeMs = 5 * 60_000) {
    this.#client = client;
    this.#maximumAgeMs = maximumAgeMs;
  }

  /** @throws SecretError where the secret is empty or binary. */
  async read(arn: string): Promise<string> {
    const cached = this.#cache.get(arn);
    if (cached !== undefined && Date.now() - cached.readAt < this.#maximumAgeMs) {
      return cached.value;
    }
    const { SecretString } = await this.#client.send(new GetSecretValueCommand({ SecretId: arn }));
    const value = SecretString?.trim();
    if (value === undefined || value === '') {
      throw new SecretError(`The secret ${arn} holds no text. Put the credential into it as plain text.`);
    }
    this.#cache.set(arn, { value, readAt: Date.now() });
    return value;
  }

  forget(arn: string): void {
    this.#cache.delete(arn);
  }
}
