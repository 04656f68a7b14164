import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { explainAwsError } from './aws-errors.ts';
import { tryParseJson } from './remote-words.ts';

/**
 * What is wrong with a secret: it is not there, is being deleted, may not be read, its KMS key may not be used,
 * or it holds nothing that can be a credential.
 */
export type SecretProblem = 'missing' | 'deleted' | 'denied' | 'key' | 'empty' | 'json';

/** A secret cannot be read, or holds nothing that can be used. Its value is never shown. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly problem: SecretProblem;

  constructor(problem: SecretProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

const CURES: Readonly<Record<SecretProblem, string>> = {
  missing: 'It does not exist, or has no value: create it, or give the ARN of another.',
  deleted: 'It is being deleted: restore it, or give the ARN of another.',
  denied: "The function's role needs secretsmanager:GetSecretValue on it.",
  key: "The function's role needs kms:Decrypt on the key that encrypts it, and the key's policy must let it.",
  empty: 'Put the credential into it as plain text.',
  json: 'Put the credential itself into it, alone: in the console under "Plaintext", without braces and quotes.',
};

/** Secrets Manager's errors (API reference, GetSecretValue). Any other is none of the secret's own. */
const PROBLEMS: Readonly<Record<string, SecretProblem>> = {
  ResourceNotFoundException: 'missing',
  InvalidRequestException: 'deleted',
  AccessDeniedException: 'denied',
  DecryptionFailure: 'key',
};

interface KeptSecret {
  readonly value: string;
  readonly readAt: number;
  readonly storedAt: Date | undefined;
}

/** A read that is under way. */
interface PendingRead {
  readonly secret: Promise<KeptSecret>;
  /** Of the caller who began it. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads secrets, and keeps each for a while, so that a busy function does not ask for every object. Who asks for
 * one that is being read waits for that.
 *
 * `forget` drops a secret, after a 401 say, and the next `read` asks again.
 */
export class SecretReader {
  readonly #client: SecretsManagerClient;
  readonly #cache = new Map<string, KeptSecret>();
  readonly #pending = new Map<string, PendingRead>();
  readonly #maximumAgeMs: number;

  constructor(client: SecretsManagerClient = new SecretsManagerClient({}), maximumAgeMs = 5 * 60_000) {
    this.#client = client;
    this.#maximumAgeMs = maximumAgeMs;
  }

  /**
   * @throws SecretError where the secret cannot be read, or is empty, binary or JSON.
   * @throws AwsCallError where Secrets Manager fails.
   */
  async read(arn: string, signal?: AbortSignal): Promise<string> {
    const cached = this.#cache.get(arn);
    if (cached !== undefined && Date.now() - cached.readAt < this.#maximumAgeMs) {
      return cached.value;
    }
    const pending = this.#pending.get(arn);
    if (pending === undefined) {
      return (await this.#begin(arn, signal)).value;
    }
    try {
      return (await pending.secret).value;
    } catch (error) {
      // Somebody else's time ran out, which is no answer for a caller who has some left.
      if (pending.signal?.aborted && !signal?.aborted) {
        return await this.read(arn, signal);
      }
      throw error;
    }
  }

  /** What is being read at this moment does not count either: it may be what the caller wants to be rid of. */
  forget(arn: string): void {
    this.#cache.delete(arn);
    this.#pending.delete(arn);
  }

  /** When the value that `read` keeps at present was stored; `undefined` where it keeps none. */
  storedAt(arn: string): Date | undefined {
    return this.#cache.get(arn)?.storedAt;
  }

  async #begin(arn: string, signal: AbortSignal | undefined): Promise<KeptSecret> {
    const pending = { secret: this.#fetchUsable(arn, signal), signal };
    this.#pending.set(arn, pending);
    const isWanted = () => this.#pending.get(arn) === pending;
    try {
      const secret = await pending.secret;
      if (isWanted()) {
        this.#cache.set(arn, secret);
      }
      return secret;
    } finally {
      if (isWanted()) {
        this.#pending.delete(arn);
      }
    }
  }

  async #fetchUsable(arn: string, signal: AbortSignal | undefined): Promise<KeptSecret> {
    const readAt = Date.now();
    const { SecretString, CreatedDate: storedAt } = await this.#fetch(arn, signal);
    const value = SecretString?.trim();
    if (value === undefined || value === '') {
      throw new SecretError('empty', `The secret ${arn} holds no text. ${CURES.empty}`);
    }
    if (isJson(value)) {
      throw new SecretError(
        'json',
        `The secret ${arn} holds JSON, as the console's key/value form makes it. ${CURES.json}`,
      );
    }
    return { value, readAt, storedAt };
  }

  async #fetch(arn: string, signal: AbortSignal | undefined): Promise<GetSecretValueCommandOutput> {
    try {
      const command = new GetSecretValueCommand({ SecretId: arn });
      return await this.#client.send(command, signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      const { name, message } = error as Error;
      const problem = problemOf(name, message);
      if (problem === undefined) {
        throw explainAwsError(`secretsmanager:GetSecretValue on ${arn}`, error, signal);
      }
      throw new SecretError(
        problem,
        `The secret ${arn} cannot be read (${name}: ${message}). ${CURES[problem]}`,
        { cause: error },
      );
    }
  }
}

/** Secrets Manager says "Access to KMS is not allowed" where the key refuses. */
function problemOf(name: string, message: string): SecretProblem | undefined {
  const problem = Object.hasOwn(PROBLEMS, name) ? PROBLEMS[name] : undefined;
  return problem === 'denied' && /\bKMS\b/i.test(message) ? 'key' : problem;
}

/** No credential that we know is a JSON object, array or string. */
function isJson(text: string): boolean {
  return /^[{["]/.test(text) && tryParseJson(text) !== undefined;
}
