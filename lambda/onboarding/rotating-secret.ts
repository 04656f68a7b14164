import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

/** A rotation was asked for that Secrets Manager would not ask for, or that has been overtaken. */
export class RotationStateError extends Error {
  override readonly name = 'RotationStateError';
}

export interface RotatingVersion {
  readonly stage: 'pending' | 'current';
  /** The version that is in use now. */
  readonly currentVersion: string | undefined;
}

/**
 * A secret while it is rotated: the versions and labels that the four steps move.
 *
 * Source: AWS Secrets Manager User Guide, "Lambda rotation functions". A version is named by the
 * `ClientRequestToken` of its rotation and never changes its value.
 */
export class RotatingSecret {
  readonly #client: SecretsManagerClient;
  readonly arn: string;

  constructor(client: SecretsManagerClient, arn: string) {
    this.#client = client;
    this.arn = arn;
  }

  /**
   * @throws RotationStateError where rotation is off (the stack is being deleted, say), or the version is
   * neither pending nor current.
   */
  async look(version: string, signal: AbortSignal): Promise<RotatingVersion> {
    const { RotationEnabled, VersionIdsToStages = {} } = await this.#client.send(
      new DescribeSecretCommand({ SecretId: this.arn }),
      { abortSignal: signal },
    );
    // Absent for a secret that was never rotated (API reference), as it may be when a first schedule is set.
    if (RotationEnabled === false) {
      throw new RotationStateError(`The rotation of the secret ${this.arn} is switched off.`);
    }
    const stages = VersionIdsToStages[version] ?? [];
    const currentVersion = Object.keys(VersionIdsToStages).find((id) =>
      VersionIdsToStages[id]?.includes('AWSCURRENT'),
    );
    if (version === currentVersion) {
      return { stage: 'current', currentVersion };
    }
    if (!stages.includes('AWSPENDING')) {
      throw new RotationStateError(
        `The secret ${this.arn} has no pending version ${version}: its rotation was given up or never begun. ` +
          'Rotate the secret anew.',
      );
    }
    return { stage: 'pending', currentVersion };
  }

  /** The pending version's value; `undefined` while Secrets Manager has only put its label up. */
  async readPending(version: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const { SecretString } = await this.#client.send(
        new GetSecretValueCommand({
          SecretId: this.arn,
          VersionId: version,
          VersionStage: 'AWSPENDING',
        }),
        { abortSignal: signal },
      );
      return SecretString;
    } catch (error) {
      // The answer for a version without a value. The secret itself is there: `look` has seen it.
      if (error instanceof ResourceNotFoundException) {
        return undefined;
      }
      throw error;
    }
  }

  /** Gives the pending version its value, unless another call of the same step was faster. */
  async putPending(version: string, value: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.send(
        new PutSecretValueCommand({
          SecretId: this.arn,
          ClientRequestToken: version,
          SecretString: value,
          VersionStages: ['AWSPENDING'],
        }),
        { abortSignal: signal },
      );
    } catch (error) {
      // The version has another value already, which is as good; ours lapses unused.
      if (error instanceof ResourceExistsException) {
        return;
      }
      throw error;
    }
  }

  /** Gives a pending version up, so that the next rotation begins anew instead of trying this one again. */
  async dropPending(version: string, signal: AbortSignal): Promise<void> {
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.arn,
        VersionStage: 'AWSPENDING',
        RemoveFromVersionId: version,
      }),
      { abortSignal: signal },
    );
  }

  /**
   * Puts the version into use. Secrets Manager refuses where another version than `from` is in use by now,
   * and labels `from` AWSPREVIOUS.
   */
  async makeCurrent(version: string, from: string | undefined, signal: AbortSignal): Promise<void> {
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.arn,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: version,
        RemoveFromVersionId: from,
      }),
      { abortSignal: signal },
    );
  }
}
