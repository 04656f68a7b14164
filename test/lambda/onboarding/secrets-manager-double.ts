/**
 * One secret in memory, with the versions and labels that Secrets Manager keeps (API reference of the calls
 * below), and its side of a rotation. A call that it does not know makes it throw.
 */
import { randomUUID } from 'node:crypto';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
  type UpdateSecretVersionStageCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';

interface Version {
  value: string | undefined;
  readonly stages: Set<string>;
}

const refusal = (message: string) => ({ message, $metadata: { httpStatusCode: 400 } });

export class RotatedSecret {
  readonly versions = new Map<string, Version>();
  /** Absent before a first schedule. */
  rotationEnabled: boolean | undefined = true;
  /** Of the secret and of others: what `GetSecretValue` answers for them. */
  readonly otherSecrets = new Map<string, string>();
  readonly arn: string;

  constructor(arn: string, first: string) {
    this.arn = arn;
    this.versions.set('first', { value: first, stages: new Set(['AWSCURRENT']) });
    const client = mockClient(SecretsManagerClient).rejects(
      new Error('a call that the test does not expect'),
    );
    client.on(DescribeSecretCommand).callsFake(() => this.#describe());
    client.on(GetSecretValueCommand).callsFake((input) => this.#get(input));
    client.on(PutSecretValueCommand).callsFake((input) => this.#put(input));
    client.on(UpdateSecretVersionStageCommand).callsFake((input) => this.#move(input));
  }

  /** What Secrets Manager does before it calls the function for the first time. */
  begin(version: string = randomUUID()): string {
    this.versions.set(version, { value: undefined, stages: new Set(['AWSPENDING']) });
    return version;
  }

  valueOf(stage: string): string | undefined {
    return this.#at(stage)?.[1].value;
  }

  versionOf(stage: string): string | undefined {
    return this.#at(stage)?.[0];
  }

  #at(stage: string) {
    return [...this.versions].find(([, { stages }]) => stages.has(stage));
  }

  #describe() {
    const labelled = [...this.versions].filter(([, { stages }]) => stages.size > 0);
    return {
      ARN: this.arn,
      RotationEnabled: this.rotationEnabled,
      VersionIdsToStages: Object.fromEntries(labelled.map(([id, { stages }]) => [id, [...stages]])),
    };
  }

  #get(input: { SecretId: string; VersionId?: string; VersionStage?: string }) {
    if (input.SecretId !== this.arn) {
      return { SecretString: this.otherSecrets.get(input.SecretId) };
    }
    const stage = input.VersionStage ?? 'AWSCURRENT';
    const [id, version] = this.#at(stage) ?? [];
    const wanted = input.VersionId === undefined || input.VersionId === id;
    if (version?.value === undefined || !wanted) {
      throw new ResourceNotFoundException(refusal(`no value for staging label ${stage}`));
    }
    return { SecretString: version.value, VersionId: id, CreatedDate: new Date() };
  }

  #put({
    ClientRequestToken = '',
    SecretString,
    VersionStages = ['AWSCURRENT'],
  }: PutSecretValueCommandInput) {
    const version = this.versions.get(ClientRequestToken) ?? { value: undefined, stages: new Set() };
    if (version.value !== undefined && version.value !== SecretString) {
      throw new ResourceExistsException(refusal('the version has another value'));
    }
    version.value = SecretString;
    this.versions.set(ClientRequestToken, version);
    for (const stage of VersionStages) {
      this.#label(stage, ClientRequestToken);
    }
    return {};
  }

  #move({ VersionStage = '', MoveToVersionId, RemoveFromVersionId }: UpdateSecretVersionStageCommandInput) {
    if (this.versionOf(VersionStage) !== RemoveFromVersionId) {
      throw new InvalidParameterException(refusal(`${VersionStage} is not at ${RemoveFromVersionId}`));
    }
    if (MoveToVersionId === undefined) {
      this.versions.get(RemoveFromVersionId ?? '')?.stages.delete(VersionStage);
      return {};
    }
    if (VersionStage === 'AWSCURRENT' && RemoveFromVersionId !== undefined) {
      this.#label('AWSPREVIOUS', RemoveFromVersionId);
    }
    this.#label(VersionStage, MoveToVersionId);
    return {};
  }

  /** A label stands at one version only. */
  #label(stage: string, at: string): void {
    for (const [id, { stages }] of this.versions) {
      if (id === at) {
        stages.add(stage);
      } else {
        stages.delete(stage);
      }
    }
  }
}
