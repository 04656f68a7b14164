/** Reports as rehearsals write them, to be varied by each test. */
import type { RehearsalReport } from '../../../rehearsal/report.ts';

const ACCOUNT = '000000000000';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/4f9f1d3e-0c52-4cf8-9a57-0f9bd4a4b7f1`;

/** Milliseconds: a cold start, then a queue that fills a little and empties again. The same at every call. */
export function latencies(files: number): number[] {
  return Array.from({ length: files }, (_, index) => {
    const coldStart = index < 4 ? 900 - 150 * index : 0;
    const queueing = 220 * Math.sin((Math.PI * index) / files) ** 2;
    const jitter = 90 * Math.abs(Math.sin(index * 12.9898) * Math.cos(index * 78.233));
    return Math.round(140 + coldStart + queueing + jitter);
  });
}

export function latencyOf(samples: readonly number[]): RehearsalReport['latencyMs'] {
  const sorted = samples.toSorted((a, b) => a - b);
  const percentile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: percentile(0.5), p95: percentile(0.95), max: percentile(1), samples };
}

const NONE = {
  visionOneConnection: null,
  visionOneConnectors: 0,
  workloadConnectors: 0,
  cloudAccounts: 0,
  stackTokens: 0,
  forwardingStacks: 0,
};

export function goodReport(changes: Partial<RehearsalReport> = {}): RehearsalReport {
  return {
    ok: true,
    problems: [],
    filtered: {},
    audit: { sources: [], answers: [], reports: [], mail: null },
    startedAt: '2026-11-20T07:41:12.345Z',
    options: {
      input: 'generated',
      destination: 'cloudone',
      existingBucket: false,
      scenario: 'round-trip',
      failAt: null,
    },
    environment: {
      localAws: 'MiniStack 1.5.33',
      node: '24.21.0',
      cdk: '2.1148.1',
      platform: 'linux x64',
      processors: 2,
    },
    seconds: {
      setup: 6.4,
      bootstrap: 9.8,
      deploy: 31.2,
      forward: 12.7,
      archive: 0,
      update: 0,
      destroy: 14.1,
      total: 74.9,
    },
    stacks: [
      { name: 'CloudOne', status: 'CREATE_COMPLETE', resources: 58 },
      { name: 'CloudOne-C1-1F2K3L4M5N6P', status: 'CREATE_COMPLETE', resources: 3 },
      { name: 'CDKToolkit', status: 'CREATE_COMPLETE', resources: 12 },
    ],
    input: { notLogFiles: 1, files: 240, events: 21_540, bytes: 4_183_552 },
    delivered: { events: 21_540, missing: 0, duplicates: 0, altered: 0, missingIds: [], duplicateIds: [] },
    deadLettered: [
      {
        key: `AWSLogs/${ACCOUNT}/CloudTrail/us-east-1/2026/11/19/${ACCOUNT}_CloudTrail_us-east-1_20261119T2355Z_poisonTruncated01.json.gz`,
        reason: 'TruncatedGzip',
        detail: 'The gzip stream ends after 4,096 bytes, before its trailer.',
      },
      {
        key: `AWSLogs/${ACCOUNT}/CloudTrail/eu-central-1/2026/11/19/${ACCOUNT}_CloudTrail_eu-central-1_20261119T2355Z_poisonNotJson0002.json.gz`,
        reason: 'NotJson',
        detail: 'The uncompressed file begins with "<!DOCTYPE html>".',
      },
    ],
    latencyMs: latencyOf(latencies(240)),
    updates: [],
    tokenRotation: { seconds: 0.6, revoked: 1 },
    completeness: { files: 238, digests: 12, gapClosed: true },
    vendor: {
      registered: {
        visionOneConnection: 'connected',
        visionOneConnectors: 0,
        workloadConnectors: 1,
        cloudAccounts: 1,
        stackTokens: 2,
        forwardingStacks: 0,
      },
      afterDestroy: { ...NONE, stackTokens: 2 },
    },
    residue: {
      checked: true,
      aws: [],
      vendors: [],
      retained: [
        'stack CDKToolkit (bootstrap)',
        `${KEY} (pending deletion)`,
        'stack token issued at 07:41:58 UTC (lapses after 30 days)',
      ],
    },
    bucketNotification: null,
    deployer: { evaluated: 900, denied: [] },
    failure: null,
    permissions: {
      calls: 1247,
      functions: [
        {
          name: 'Forwarder',
          calls: [
            {
              action: 's3:GetObject',
              resource: 'arn:aws:s3:::cloudone-trailbucket/AWSLogs/*',
              count: 242,
              allowed: true,
            },
            {
              action: 'dynamodb:UpdateItem',
              resource: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/CloudOne-Ledger`,
              count: 722,
              allowed: true,
            },
            {
              action: 'sqs:SendMessage',
              resource: `arn:aws:sqs:us-east-1:${ACCOUNT}:CloudOne-DeadLetterQueue`,
              count: 2,
              allowed: true,
            },
            {
              action: 'secretsmanager:GetSecretValue',
              resource: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:ServiceToken-a1B2c3`,
              count: 4,
              allowed: true,
            },
          ],
          unusedActions: ['dynamodb:DeleteItem', 'kms:Decrypt'],
        },
        {
          name: 'CloudOneAccount',
          calls: [
            {
              action: 'secretsmanager:GetSecretValue',
              resource: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:ApiKey-d4E5f6`,
              count: 2,
              allowed: true,
            },
          ],
          unusedActions: [],
        },
        { name: 'TrailBucketTeardown', calls: [], unusedActions: ['s3:AbortMultipartUpload'] },
      ],
      denied: [],
    },
    ...changes,
  };
}

/** Everything that can go wrong after a deployment did. */
export function failedReport(): RehearsalReport {
  const samples = latencies(236).map((sample, index) => (index % 40 === 7 ? sample + 30_000 : sample));
  const missingIds = Array.from(
    { length: 20 },
    (_, index) => `7c1b7a52-52f6-4a3c-9a0e-${String(index).padStart(12, '0')}`,
  );
  const duplicateIds = ['0b9a2f4e-6c3d-4b1f-8f1a-d7a2c1e0b9f3', '5e4d3c2b-1a09-4877-9665-544332211000'];
  const denied = `Redrive: kms:Decrypt on ${KEY}`;
  const good = goodReport();
  return goodReport({
    ok: false,
    problems: [
      '37 events never arrived at Trend Cloud One.',
      '2 events arrived more than once.',
      'A log group is left in AWS: /aws/lambda/CloudOne-Forwarder.',
      'A cloud account is left at Cloud One.',
      `A function made a call that its role does not allow: ${denied}.`,
    ],
    delivered: { events: 21_503, missing: 37, duplicates: 2, altered: 0, missingIds, duplicateIds },
    latencyMs: latencyOf(samples),
    stacks: [
      { name: 'CloudOne', status: 'UPDATE_ROLLBACK_COMPLETE', resources: 58 },
      { name: 'CDKToolkit', status: 'CREATE_COMPLETE', resources: 12 },
    ],
    vendor: {
      ...good.vendor,
      afterDestroy: { ...NONE, cloudAccounts: 1, stackTokens: 1, forwardingStacks: 0 },
    },
    residue: {
      ...good.residue,
      aws: ['log group /aws/lambda/CloudOne-Forwarder'],
      vendors: [`Cloud One cloud account ${ACCOUNT}`],
    },
    permissions: {
      calls: 1247,
      denied: [denied],
      functions: [
        ...(good.permissions?.functions ?? []),
        {
          name: 'Redrive',
          calls: [
            { action: 'sqs:ReceiveMessage', resource: '*', count: 31, allowed: true },
            {
              action: 'kms:Decrypt',
              resource: KEY,
              count: 4,
              allowed: false,
              reason: 'No statement of the role allows it on this key.',
            },
          ],
          unusedActions: [],
        },
      ],
    },
  });
}

/** It never got to deploying. */
export function bootstrapFailure(): RehearsalReport {
  return goodReport({
    ok: false,
    problems: ['cdk bootstrap ended with status 1: connect ECONNREFUSED 127.0.0.1:4566'],
    seconds: {
      setup: 5.1,
      bootstrap: 2.3,
      deploy: 0,
      forward: 0,
      archive: 0,
      update: 0,
      destroy: 0,
      total: 7.6,
    },
    stacks: [],
    input: { files: 0, notLogFiles: 0, events: 0, bytes: 0 },
    delivered: { events: 0, missing: 0, duplicates: 0, altered: 0, missingIds: [], duplicateIds: [] },
    deadLettered: [],
    latencyMs: latencyOf([]),
    tokenRotation: null,
    completeness: null,
    vendor: { registered: NONE, afterDestroy: NONE },
    residue: { checked: false, aws: [], vendors: [], retained: [] },
    permissions: null,
  });
}

/** A run with `--fail-at`, which went as it should. */
export function failedAsAsked(): RehearsalReport {
  return goodReport({
    options: {
      input: 'generated',
      destination: 'cloudone',
      existingBucket: false,
      scenario: 'failed-deployment',
      failAt: 'workload-connector',
    },
    seconds: {
      setup: 6.2,
      bootstrap: 9.6,
      deploy: 28.4,
      forward: 0,
      archive: 0,
      update: 0,
      destroy: 3.8,
      total: 48.3,
    },
    stacks: [{ name: 'CloudOne', status: 'ROLLBACK_COMPLETE', resources: 0 }],
    delivered: { events: 0, missing: 0, duplicates: 0, altered: 0, missingIds: [], duplicateIds: [] },
    deadLettered: [],
    latencyMs: latencyOf([]),
    tokenRotation: null,
    completeness: null,
    vendor: {
      registered: { ...NONE, visionOneConnection: 'connected' },
      afterDestroy: NONE,
    },
    failure: {
      step: 'workload-connector',
      stackStatus: 'ROLLBACK_COMPLETE',
      message:
        'WorkloadSecurityConnector: Registering the AWS account with Workload Security failed: POST https://workload.us-1.cloudone.trendmicro.com/api/awsconnectors answered 403 "The key\'s role may not add connectors." Give the API key a role with full access, then deploy again.',
      namesStepAndCause: true,
    },
  });
}

const OTHERS = {
  QueueConfigurations: [
    {
      Id: 'siem-ingest',
      QueueArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:siem-ingest`,
      Events: ['s3:ObjectCreated:*'],
      Filter: { Key: { FilterRules: [{ Name: 'Prefix', Value: 'AWSLogs/' }] } },
    },
  ],
  TopicConfigurations: [
    { Id: 'audit-team', TopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:audit`, Events: ['s3:ObjectRemoved:*'] },
  ],
};

export function existingBucketReport(): RehearsalReport {
  return goodReport({
    options: {
      input: '/data/cloudtrail',
      destination: 'visionone',
      existingBucket: true,
      scenario: 'round-trip',
      failAt: null,
    },
    tokenRotation: null,
    completeness: null,
    bucketNotification: {
      before: OTHERS,
      during: { ...OTHERS, EventBridgeConfiguration: {} },
      after: OTHERS,
    },
    vendor: {
      registered: {
        visionOneConnection: 'connected',
        visionOneConnectors: 0,
        workloadConnectors: 1,
        cloudAccounts: 1,
        stackTokens: 0,
        forwardingStacks: 0,
      },
      afterDestroy: NONE,
    },
    deadLettered: [],
  });
}

/** A run of the scenario `update`: one change that was made, and one that was rolled back. */
export function updateReport(): RehearsalReport {
  const vendors = { ...NONE, visionOneConnection: 'connected', workloadConnectors: 1, cloudAccounts: 1 };
  return goodReport({
    options: {
      input: 'generated',
      destination: 'cloudone',
      existingBucket: true,
      scenario: 'update',
      failAt: null,
    },
    seconds: {
      setup: 6.4,
      bootstrap: 9.8,
      deploy: 31.2,
      forward: 0,
      archive: 0,
      update: 48.6,
      destroy: 14.1,
      total: 110.1,
    },
    updates: [
      {
        change: 'destination Cloud One → Vision One',
        parameters: ['ForwardingDestination', 'VisionOneIngestUrl', 'VisionOneIngestToken'],
        status: 'UPDATE_COMPLETE',
        reason: null,
        seconds: 14.4,
        resources: {
          created: ['VisionOneIngestTokenSecret'],
          updated: ['ForwardingForwarderFunction32E29978'],
          replaced: ['DestinationProbe'],
          removed: ['CloudTrailLifecycle', 'CloudTrailToken'],
        },
        files: { before: 2, during: 1, after: 3 },
        delivered: { events: 1_240, missing: 0, duplicates: 0 },
        vendors,
      },
      {
        change: 'a wrong API key, which is refused',
        parameters: ['CloudOneApiKey'],
        status: 'UPDATE_ROLLBACK_COMPLETE',
        reason: 'Cloud One account look-up: answered 401.',
        seconds: 9.1,
        resources: { created: [], updated: [], replaced: [], removed: [] },
        files: { before: 1, during: 1, after: 1 },
        delivered: { events: 1_300, missing: 4, duplicates: 1 },
        vendors: { ...vendors, forwardingStacks: 1 },
      },
    ],
  });
}
