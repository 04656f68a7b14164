import { DescribeTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { NO_SUCH_RESOURCE } from '../../contract/trail.ts';
import type { PolicyDocument } from './policies.ts';

/** What a resource contributes to the decision. */
export interface ResourceFacts {
  readonly arn: string;
  readonly policy?: PolicyDocument | undefined;
  /** The ARN of its customer-managed key. */
  readonly encryptionKey?: string | undefined;
  readonly secretName?: string | undefined;
}

/** A resource is encrypted in a way whose permissions the proof does not know. */
export class UnsupportedEncryptionError extends Error {
  override readonly name = 'UnsupportedEncryptionError';
}

type ClientConfig = Pick<DynamoDBClientConfig, 'endpoint' | 'credentials'> & { readonly region: string };

/** Reads the policies and keys of resources that have such. */
export class ResourceReader {
  readonly #dynamodb: DynamoDBClient;
  readonly #config: ClientConfig;
  readonly #kmsByRegion = new Map<string, KMSClient>();
  readonly #s3: S3Client;
  readonly #secrets: SecretsManagerClient;
  readonly #sns: SNSClient;
  readonly #sqs: SQSClient;

  constructor(config: ClientConfig) {
    this.#config = config;
    this.#dynamodb = new DynamoDBClient(config);
    this.#s3 = new S3Client({ ...config, forcePathStyle: true, followRegionRedirects: true });
    this.#secrets = new SecretsManagerClient(config);
    this.#sns = new SNSClient(config);
    this.#sqs = new SQSClient(config);
  }

  /**
   * @param type the resource's type in CloudFormation; one without a policy or a key of its own gives nothing
   * @throws UnsupportedEncryptionError for a table with a customer-managed key
   */
  async read(type: string, physicalId: string): Promise<readonly ResourceFacts[]> {
    switch (type) {
      case 'AWS::KMS::Key':
        return this.#key(physicalId);
      case 'AWS::S3::Bucket':
        return this.#bucket(physicalId);
      case 'AWS::SecretsManager::Secret':
        return this.#secret(physicalId);
      case 'AWS::SNS::Topic':
        return this.#topic(physicalId);
      case 'AWS::SQS::Queue':
        return this.#queue(physicalId);
      case 'AWS::DynamoDB::Table':
        return this.#table(physicalId);
      default:
        return [];
    }
  }

  destroy(): void {
    const clients = [this.#dynamodb, this.#s3, this.#secrets, this.#sns, this.#sqs];
    for (const client of [...clients, ...this.#kmsByRegion.values()]) client.destroy();
  }

  /** A customer-managed key; AWS allows the account's principals the use of its own keys through the service. */
  async #key(id: string, region?: string): Promise<readonly ResourceFacts[]> {
    const kms = this.#kmsIn(region ?? this.#config.region);
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
    if (!KeyMetadata?.Arn || KeyMetadata.KeyManager === 'AWS') return [];
    const { Policy } = await kms.send(
      new GetKeyPolicyCommand({ KeyId: KeyMetadata.KeyId, PolicyName: 'default' }),
    );
    return [{ arn: KeyMetadata.Arn, policy: parsed(Policy) }];
  }

  #kmsIn(region: string): KMSClient {
    const client = this.#kmsByRegion.get(region) ?? new KMSClient({ ...this.#config, region });
    this.#kmsByRegion.set(region, client);
    return client;
  }

  async #encryptedWith(
    facts: ResourceFacts,
    keyId: string | undefined,
    region?: string,
  ): Promise<readonly ResourceFacts[]> {
    const [key] = keyId ? await this.#key(keyId, region) : [];
    return key === undefined ? [facts] : [{ ...facts, encryptionKey: key.arn }, key];
  }

  async #bucket(name: string): Promise<readonly ResourceFacts[]> {
    // Stands in a policy that needs a resource where there is none.
    if (name === NO_SUCH_RESOURCE) return [];
    const policy = await unlessAbsent('NoSuchBucketPolicy', () =>
      this.#s3.send(new GetBucketPolicyCommand({ Bucket: name })),
    );
    const encryption = await unlessAbsent('ServerSideEncryptionConfigurationNotFoundError', () =>
      this.#s3.send(new GetBucketEncryptionCommand({ Bucket: name })),
    );
    // A bucket's key is where the bucket is, which need not be where the stack is.
    const { BucketRegion } = await this.#s3.send(new HeadBucketCommand({ Bucket: name }));
    const [rule] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
    return this.#encryptedWith(
      { arn: `arn:aws:s3:::${name}`, policy: parsed(policy?.Policy) },
      rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
      BucketRegion,
    );
  }

  async #secret(id: string): Promise<readonly ResourceFacts[]> {
    const {
      ARN = id,
      Name,
      KmsKeyId,
    } = await this.#secrets.send(new DescribeSecretCommand({ SecretId: id }));
    const { ResourcePolicy } = await this.#secrets.send(new GetResourcePolicyCommand({ SecretId: id }));
    return this.#encryptedWith({ arn: ARN, policy: parsed(ResourcePolicy), secretName: Name }, KmsKeyId);
  }

  async #topic(arn: string): Promise<readonly ResourceFacts[]> {
    const { Attributes } = await this.#sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
    return this.#encryptedWith({ arn, policy: parsed(Attributes?.Policy) }, Attributes?.KmsMasterKeyId);
  }

  async #queue(url: string): Promise<readonly ResourceFacts[]> {
    const { Attributes } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    return this.#encryptedWith(
      { arn: Attributes?.QueueArn ?? url, policy: parsed(Attributes?.Policy) },
      Attributes?.KmsMasterKeyId,
    );
  }

  async #table(name: string): Promise<readonly ResourceFacts[]> {
    const { Table } = await this.#dynamodb.send(new DescribeTableCommand({ TableName: name }));
    const keyArn = Table?.SSEDescription?.KMSMasterKeyArn;
    if (keyArn && (await this.#key(keyArn)).length > 0) {
      throw new UnsupportedEncryptionError(
        `Table ${name} is encrypted with the customer-managed key ${keyArn}. Add to keyUse in ` +
          'rehearsal/permissions/implied.ts what DynamoDB asks of KMS, then read the key here.',
      );
    }
    return [];
  }
}

function parsed(policy: string | undefined): PolicyDocument | undefined {
  return policy ? (JSON.parse(policy) as PolicyDocument) : undefined;
}

/** The answer, or undefined where there is none to give, which S3 says with an error. */
async function unlessAbsent<Answer>(error: string, ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if ((thrown as Error).name === error) return undefined;
    throw thrown;
  }
}
