/**
 * CloudTrail events for measuring: the same ones whenever they are made, and as hard to compress as real ones
 * (about 1.4 KB each, six times smaller as gzip), which decides the time that everything takes.
 */

/** A small, fast, seeded generator (mulberry32): `Math.random` would give other files each time. */
export class Randomness {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<const T extends readonly unknown[]>(choices: T): T[number] {
    return choices[this.below(choices.length)];
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) {
      text += this.below(2 ** 28)
        .toString(16)
        .padStart(7, '0');
    }
    return text.slice(0, digits);
  }

  base64(characters: number): string {
    return Buffer.from(this.hex(2 * characters), 'hex')
      .toString('base64')
      .slice(0, characters);
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((digits) => this.hex(digits)).join('-');
  }
}

const CALLS = [
  ['ec2.amazonaws.com', 'DescribeInstances'],
  ['s3.amazonaws.com', 'GetBucketAcl'],
  ['iam.amazonaws.com', 'ListAttachedRolePolicies'],
  ['kms.amazonaws.com', 'Decrypt'],
  ['sts.amazonaws.com', 'AssumeRole'],
  ['logs.amazonaws.com', 'CreateLogStream'],
  ['dynamodb.amazonaws.com', 'DescribeTable'],
  ['elasticloadbalancing.amazonaws.com', 'DescribeTargetHealth'],
] as const;

const USER_AGENTS = [
  'aws-sdk-js/3.1169.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#24.21.0',
  'Boto3/1.40.11 md/Botocore#1.40.11 ua/2.1 os/linux#5.10',
  'aws-cli/2.31.2 md/awscrt#0.27.6 ua/2.1 os/macos#25.0.0',
  'console.amazonaws.com',
  'APN/1.0 HashiCorp/1.0 Terraform/1.13.3',
] as const;

const ROLES = ['Application', 'ReadOnlyAudit', 'DeploymentPipeline', 'AWSServiceRoleForAutoScaling'] as const;
const ACCOUNT = '111122223333';
const REGION = 'us-east-1';
const DAY_START_MS = Date.UTC(2026, 0, 15);

/** One event as JSON text. `index` moves its time on. */
export function eventText(random: Randomness, index: number): string {
  const [eventSource, eventName] = random.pick(CALLS);
  const role = random.pick(ROLES);
  const session = `${role.toLowerCase()}-${random.hex(12)}`;
  const time = (offsetMs: number) => new Date(DAY_START_MS + offsetMs).toISOString().replace('.000Z', 'Z');
  const createdMs = Math.floor(index / 10) * 1000;
  const principalId = `AROA${random.pick(['EXAMPLE1', 'EXAMPLE2', 'EXAMPLE3'])}QWERTYUIO`;
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `${principalId}:${session}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
      accountId: ACCOUNT,
      accessKeyId: `ASIA${random.hex(16).toUpperCase()}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId,
          userName: role,
        },
        attributes: { creationDate: time(createdMs - 60_000 * random.below(60)), mfaAuthenticated: 'false' },
      },
    },
    eventTime: time(createdMs),
    eventSource,
    eventName,
    awsRegion: REGION,
    sourceIPAddress: `198.51.${random.below(256)}.${random.below(256)}`,
    userAgent: random.pick(USER_AGENTS),
    requestParameters: {
      instancesSet: { items: [{ instanceId: `i-0${random.hex(16)}` }] },
      vpcId: `vpc-0${random.hex(16)}`,
      nextToken: random.base64(28),
      path: `prod/service "${role}"\\${random.hex(random.below(24))}`,
    },
    responseElements: null,
    additionalEventData: {
      bytesTransferredOut: random.below(10_000),
      'x-amz-id-2': random.base64(76),
    },
    requestID: random.uuid(),
    eventID: random.uuid(),
    readOnly: random.below(3) > 0,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
  });
}

/** One event of about `bytes` bytes. */
export function hugeEventText(random: Randomness, bytes: number): string {
  const ordinary = eventText(random, 0);
  const items: string[] = [];
  for (let size = ordinary.length; size < bytes; size += 100) {
    items.push(
      `{"resourceId":"i-0${random.hex(16)}","state":"running","availabilityZone":"us-east-1a","size":"m7i"}`,
    );
  }
  return ordinary.replace(
    '"responseElements":null',
    () => `"responseElements":{"items":[${items.join(',')}]}`,
  );
}

/** `{"Records":[…]}` */
export function documentText(events: readonly string[]): string {
  return `{"Records":[${events.join(',')}]}`;
}
