import { type AwsAnswer, failure, success } from './aws-answer.ts';

interface Version {
  value: string | undefined;
  readonly storedAt: number;
  readonly stages: Set<string>;
}

type Input = Readonly<Record<string, string | undefined>> & { readonly VersionStages?: readonly string[] };

/**
 * Secrets with versions and labels, and Secrets Manager's side of a rotation.
 *
 * Source: AWS Secrets Manager API Reference, of each call.
 */
export class SecretsManagerStandIn {
  readonly #now: () => number;
  readonly #secrets = new Map<string, Map<string, Version>>();
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Puts a value into use, as somebody does by hand. */
  store(arn: string, value: string): void {
    this.#count += 1;
    const id = `stored-${this.#count}`;
    this.#versionsOf(arn).set(id, { value, storedAt: this.#now(), stages: new Set() });
    this.#label(arn, 'AWSCURRENT', id);
  }

  /** What Secrets Manager does before it calls the rotation's function for the first time. */
  beginRotation(arn: string): string {
    this.#count += 1;
    const id = `rotation-${this.#count}-0123456789abcdef0123`;
    this.#versionsOf(arn).set(id, {
      value: undefined,
      storedAt: this.#now(),
      stages: new Set(['AWSPENDING']),
    });
    return id;
  }

  valueOf(arn: string, stage = 'AWSCURRENT'): string | undefined {
    return this.#at(arn, stage)?.[1].value;
  }

  /** Every value that a secret has ever had. */
  allValues(): string[] {
    return [...this.#secrets.values()].flatMap((versions) =>
      [...versions.values()].flatMap(({ value }) => value ?? []),
    );
  }

  getSecretValue({ SecretId = '', VersionId, VersionStage }: Input): AwsAnswer {
    const stage = VersionStage ?? 'AWSCURRENT';
    const [id, version] = this.#at(SecretId, stage) ?? [];
    if (version?.value === undefined || (VersionId !== undefined && VersionId !== id)) {
      return failure(400, 'ResourceNotFoundException', `No value for staging label ${stage}.`);
    }
    const CreatedDate = version.storedAt / 1000;
    return success({ ARN: SecretId, SecretString: version.value, VersionId: id, CreatedDate });
  }

  describeSecret({ SecretId = '' }: Input): AwsAnswer {
    const labelled = [...this.#versionsOf(SecretId)].filter(([, { stages }]) => stages.size > 0);
    return success({
      ARN: SecretId,
      RotationEnabled: true,
      VersionIdsToStages: Object.fromEntries(labelled.map(([id, { stages }]) => [id, [...stages]])),
    });
  }

  putSecretValue({
    SecretId = '',
    ClientRequestToken = '',
    SecretString,
    VersionStages = ['AWSCURRENT'],
  }: Input) {
    const versions = this.#versionsOf(SecretId);
    const version = versions.get(ClientRequestToken) ?? {
      value: undefined,
      storedAt: this.#now(),
      stages: new Set<string>(),
    };
    if (version.value !== undefined && version.value !== SecretString) {
      return failure(400, 'ResourceExistsException', 'The version has another value.');
    }
    version.value = SecretString;
    versions.set(ClientRequestToken, version);
    for (const stage of VersionStages) {
      this.#label(SecretId, stage, ClientRequestToken);
    }
    return success({});
  }

  updateSecretVersionStage({
    SecretId = '',
    VersionStage = '',
    MoveToVersionId,
    RemoveFromVersionId,
  }: Input) {
    if (this.#at(SecretId, VersionStage)?.[0] !== RemoveFromVersionId) {
      return failure(400, 'InvalidParameterException', `${VersionStage} is not at ${RemoveFromVersionId}.`);
    }
    if (MoveToVersionId !== undefined) {
      this.#label(SecretId, VersionStage, MoveToVersionId);
    } else if (RemoveFromVersionId !== undefined) {
      this.#versionsOf(SecretId).get(RemoveFromVersionId)?.stages.delete(VersionStage);
    }
    return success({});
  }

  #versionsOf(arn: string): Map<string, Version> {
    const versions = this.#secrets.get(arn) ?? new Map<string, Version>();
    this.#secrets.set(arn, versions);
    return versions;
  }

  #at(arn: string, stage: string): [string, Version] | undefined {
    return [...this.#versionsOf(arn)].find(([, { stages }]) => stages.has(stage));
  }

  /** A label stands at one version only. The one that was current becomes the previous one. */
  #label(arn: string, stage: string, at: string): void {
    const former = this.#at(arn, stage)?.[0];
    for (const [id, { stages }] of this.#versionsOf(arn)) {
      if (id === at) {
        stages.add(stage);
      } else {
        stages.delete(stage);
      }
    }
    if (stage === 'AWSCURRENT' && former !== undefined && former !== at) {
      this.#label(arn, 'AWSPREVIOUS', former);
    }
  }
}
