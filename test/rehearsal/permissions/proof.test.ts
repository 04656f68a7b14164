import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leadingKeys as leadingKeysCondition } from '../../../lib/shared/leading-keys.ts';
import type { RecordedCall } from '../../../rehearsal/permissions/call-log.ts';
import type { PolicySet, PolicyStatement } from '../../../rehearsal/permissions/policies.ts';
import { prove, proveOverTime, provePermissions } from '../../../rehearsal/permissions/proof.ts';
import {
  accountDecides,
  accountId,
  allow,
  bucketArn,
  functionWith,
  getSecret,
  keyArn,
  policySet,
  queueArn,
  recordedCall,
  region,
  s3Call,
  secretArn,
  through,
} from './factories.ts';

const readSecret = allow('secretsmanager:GetSecretValue', secretArn);

function proofOf(policies: PolicySet, calls: readonly RecordedCall[]) {
  return prove({ calls, failures: [] }, policies);
}

/** `action allowed` or `action: reason` of each row but those of the function's own log. */
async function answers(policies: PolicySet, ...calls: RecordedCall[]): Promise<string[]> {
  const { functions } = await proofOf(policies, calls);
  return functions
    .flatMap(({ calls: rows }) => rows)
    .filter(({ action }) => !action.startsWith('logs:'))
    .map(({ action, allowed, reason }) => (allowed ? `${action} allowed` : `${action}: ${reason}`));
}

describe("a function's own role", () => {
  it('allows what a statement allows, and counts it', async () => {
    const proof = await proofOf(policySet([functionWith([readSecret])]), [getSecret(), getSecret()]);

    expect(proof.denied).toEqual([]);
    expect(proof.calls).toBe(2);
    expect(proof.functions[0]?.calls).toContainEqual({
      action: 'secretsmanager:GetSecretValue',
      resource: secretArn,
      count: 2,
      allowed: true,
    });
  });

  it('denies when the statement is gone', async () => {
    const proof = await proofOf(policySet([functionWith([])]), [getSecret()]);

    expect(proof.denied).toEqual([
      `forwarder: secretsmanager:GetSecretValue on ${secretArn}: not allowed by the role's policies`,
    ]);
  });

  it('denies another resource, and says which statement comes near', async () => {
    const other = allow('secretsmanager:GetSecretValue', `${secretArn}-other`);

    expect(await answers(policySet([functionWith([other])]), getSecret())).toEqual([
      "secretsmanager:GetSecretValue: not allowed by the role's policies; statement 2 of Permissions is for another resource",
    ]);
  });

  it.each([
    ['allowed', 'CloudOne/*'],
    ['no policy allows it', 'Other/*'],
  ])('is evaluated for a pattern of resources: %s', async (answer, pattern) => {
    const stacks = `arn:aws:cloudformation:${region}:${accountId}:stack`;
    const policies = policySet([
      functionWith([allow('cloudformation:DescribeStacks', `${stacks}/${pattern}`)]),
    ]);
    const parameters = { Action: 'DescribeStacks', StackName: 'CloudOne' };

    const [found] = await answers(policies, recordedCall({ service: 'cloudformation', parameters }));

    expect(found).toMatch(/^cloudformation:DescribeStacks/);
    expect(found).toContain(answer);
  });

  it("is not helped by another function's role", async () => {
    const policies = policySet([functionWith([]), functionWith([readSecret], { name: 'other' })]);

    const { denied } = await proofOf(policies, [getSecret()]);

    expect(denied).toHaveLength(1);
  });

  it.each<[string, readonly string[] | undefined, RegExp]>([
    ['items of its own', ['mine#1'], /^dynamodb:GetItem allowed$/],
    ['items of another', ['other#1'], /^dynamodb:GetItem: not allowed/],
    ['no item, as a scan', undefined, /^dynamodb:GetItem: not allowed/],
  ])('is held to the items of a table that its condition names: %s', async (_case, leadingKeys, answer) => {
    const table = `arn:aws:dynamodb:${region}:${accountId}:table/ledger`;
    const own = allow('dynamodb:GetItem', table, leadingKeysCondition('StringLike', ['mine#*']));
    const call = recordedCall({
      service: 'dynamodb',
      target: 'DynamoDB_20120810.GetItem',
      parameters: { TableName: 'ledger' },
      ...(leadingKeys === undefined ? {} : { leadingKeys: [...leadingKeys] }),
    });

    expect(await answers(policySet([functionWith([own])]), call)).toEqual([expect.stringMatching(answer)]);
  });

  it('is bounded by its permissions boundary', async () => {
    const document = { Version: '2012-10-17', Statement: [allow('logs:*', '*')] };
    const bounded = functionWith([readSecret], { permissionsBoundary: { name: 'boundary', document } });

    expect(await answers(policySet([bounded]), getSecret())).toEqual([
      "secretsmanager:GetSecretValue: not allowed by the role's permissions boundary",
    ]);
  });
});

describe("use of a resource's key", () => {
  const encrypted = { encryptionKeys: { [secretArn]: keyArn, [bucketArn]: keyArn } };
  const decrypt = allow('kms:Decrypt', keyArn, through('secretsmanager'));

  it('is allowed through the service that the condition names', async () => {
    expect(await answers(policySet([functionWith([readSecret, decrypt])], encrypted), getSecret())).toEqual([
      'secretsmanager:GetSecretValue allowed',
      'kms:Decrypt allowed',
    ]);
  });

  it('is denied through another service, with the condition named', async () => {
    const statements = [allow('s3:GetObject', `${bucketArn}/*`), decrypt];

    const found = await answers(
      policySet([functionWith(statements)], encrypted),
      s3Call('GET', '/trail-bucket/key'),
    );

    expect(found).toEqual([
      's3:GetObject allowed',
      "kms:Decrypt: not allowed by the role's policies; " +
        'statement 3 of Permissions asks for another kms:ViaService (StringEquals)',
    ]);
  });

  it('is needed twice over to put a secret', async () => {
    const put = getSecret({ headers: { 'x-amz-target': 'secretsmanager.PutSecretValue' } });
    const statements = [allow('secretsmanager:PutSecretValue', secretArn), decrypt];

    const found = await answers(policySet([functionWith(statements)], encrypted), put);

    expect(found).toEqual([
      'secretsmanager:PutSecretValue allowed',
      expect.stringMatching(/^kms:GenerateDataKey: not allowed/),
      'kms:Decrypt allowed',
    ]);
  });

  it("is denied when the key's policy leaves the decision to nobody", async () => {
    const [statement] = accountDecides.Statement;
    const forTrails = { ...statement, Principal: { Service: 'cloudtrail.amazonaws.com' } };
    const policies = policySet([functionWith([readSecret, decrypt])], {
      ...encrypted,
      resourcePolicies: { [keyArn]: { Version: '2012-10-17', Statement: [forTrails] } },
    });

    expect(await answers(policies, getSecret())).toEqual([
      'secretsmanager:GetSecretValue allowed',
      "kms:Decrypt: not allowed by the resource's policy",
    ]);
  });

  it("is denied when the key's policy denies it", async () => {
    const noDecryption = { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' } as const;
    const policies = policySet([functionWith([readSecret, decrypt])], {
      ...encrypted,
      resourcePolicies: {
        [keyArn]: { Version: '2012-10-17', Statement: [...accountDecides.Statement, noDecryption] },
      },
    });

    expect(await answers(policies, getSecret())).toContain(
      "kms:Decrypt: denied by statement 2 of the resource's policy",
    );
  });

  it('is denied when the policy of the key was not to be had', async () => {
    const policies = policySet([functionWith([readSecret, decrypt])], { ...encrypted, resourcePolicies: {} });

    expect(await answers(policies, getSecret())).toContainEqual(expect.stringMatching(/^kms:Decrypt: /));
  });
});

describe("a bucket's policy", () => {
  const readObjects = allow('s3:GetObject', `${bucketArn}/*`);

  function withBucketPolicy(statement: PolicyStatement) {
    const policy = { Version: '2012-10-17', Statement: [{ Principal: '*', ...statement }] };
    return policySet([functionWith([readObjects])], { resourcePolicies: { [bucketArn]: policy } });
  }

  it('that demands HTTPS does not stand in the way, as AWS is called over HTTPS', async () => {
    const policies = withBucketPolicy({
      Effect: 'Deny',
      Action: 's3:*',
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });

    expect(await answers(policies, s3Call('GET', '/trail-bucket/key'))).toEqual(['s3:GetObject allowed']);
  });

  it('that denies decides about its objects', async () => {
    const policies = withBucketPolicy({
      Sid: 'KeepOut',
      Effect: 'Deny',
      Action: 's3:GetObject',
      Resource: `${bucketArn}/*`,
    });

    expect(await answers(policies, s3Call('GET', '/trail-bucket/key'))).toEqual([
      "s3:GetObject: denied by KeepOut of the resource's policy",
    ]);
  });

  it('sees thousands of objects in one row', async () => {
    const calls = ['a', 'b', 'a'].map((key) => s3Call('GET', `/trail-bucket/${key}`));

    const { functions } = await proofOf(policySet([functionWith([readObjects])]), calls);

    expect(functions[0]?.calls).toContainEqual({
      action: 's3:GetObject',
      resource: `${bucketArn}/… (2 objects)`,
      count: 3,
      allowed: true,
    });
  });
});

describe('what the Lambda service does with the role', () => {
  it('is evaluated without a call: writing the log', async () => {
    const mute = functionWith([], { identityPolicies: [] });

    const { denied } = await proofOf(policySet([mute]), []);

    expect(denied).toEqual([
      expect.stringMatching(
        /^forwarder: logs:CreateLogStream on .*:log-group:forwarder:log-stream:any: not allowed/,
      ),
      expect.stringMatching(/^forwarder: logs:PutLogEvents on /),
    ]);
  });

  it('is evaluated without a call: polling the queue', async () => {
    const polling = functionWith([allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], queueArn)], {
      eventSourceArns: [queueArn],
    });

    expect(await answers(policySet([polling]))).toEqual([
      'sqs:ReceiveMessage allowed',
      'sqs:DeleteMessage allowed',
      "sqs:GetQueueAttributes: not allowed by the role's policies",
    ]);
  });

  it('is refused for an event source that is not a queue', async () => {
    const stream = `arn:aws:kinesis:${region}:${accountId}:stream/s`;
    const reading = functionWith([], { eventSourceArns: [stream] });

    const { denied } = await proofOf(policySet([reading]), []);

    expect(denied).toContainEqual(expect.stringContaining(`does not know how Lambda polls ${stream}`));
  });
});

describe('findings', () => {
  it('lists the actions that no call needed of their statement', async () => {
    const statements = [
      allow(['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], secretArn),
      allow('secretsmanager:getsecret*', '*'),
      allow('kms:Decrypt', keyArn, through('s3')),
    ];

    const { functions } = await proofOf(policySet([functionWith(statements)]), [getSecret()]);

    expect(functions[0]?.unusedActions).toEqual([
      `secretsmanager:PutSecretValue on ${secretArn}`,
      `kms:Decrypt on ${keyArn} if {"StringEquals":{"kms:ViaService":"s3.eu-central-1.amazonaws.com"}}`,
    ]);
  });
});

describe("what goes to somebody else's host", () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proof-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is none of the role’s business, however it is signed', async () => {
    const callLog = join(folder, 'calls.ndjson');
    const calls = ['127.0.0.1:4566', '127.0.0.1:8080'].map((host) =>
      s3Call('GET', '/s3.eu-de.cloud-object-storage.appdomain.cloud/bucket/key', { host }),
    );
    await writeFile(callLog, calls.map((call) => JSON.stringify(call)).join('\n'));
    const states = [{ at: new Date(0).toISOString(), policies: policySet([functionWith([])]) }];

    expect(await provePermissions({ callLog, states, notAws: '127.0.0.1:8080' })).toMatchObject({
      calls: 1,
      denied: [expect.stringContaining('s3:GetObject')],
    });
    expect((await provePermissions({ callLog, states })).calls).toBe(2);
  });
});

describe('an encrypted topic', () => {
  const topic = `arn:aws:sns:${region}:${accountId}:alarms`;
  const publish = allow('sns:Publish', topic);
  const call = recordedCall({ service: 'sns', parameters: { Action: 'Publish', TopicArn: topic } });
  const encrypted = { encryptionKeys: { [topic]: keyArn } };

  it('takes its key to publish on', async () => {
    const useKey = allow(['kms:GenerateDataKey', 'kms:Decrypt'], keyArn, through('sns'));

    expect(await answers(policySet([functionWith([publish])], encrypted), call)).toContainEqual(
      expect.stringMatching(/^kms:GenerateDataKey: not allowed/),
    );
    expect(await answers(policySet([functionWith([publish, useKey])], encrypted), call)).toEqual([
      'sns:Publish allowed',
      'kms:GenerateDataKey allowed',
      'kms:Decrypt allowed',
    ]);
  });
});

describe('what cannot be proved is not allowed', () => {
  it('an operation that the tables do not have', async () => {
    const call = recordedCall({ service: 'sns', target: 'AmazonSNS.Subscribe' });

    const { denied } = await proofOf(policySet([functionWith([allow('*', '*')])]), [call]);

    expect(denied).toEqual([
      'forwarder: sns:Subscribe on unknown: rehearsal/permissions/actions.ts does not have this operation',
    ]);
  });

  it('a call of a function whose role was not collected', async () => {
    const { denied } = await proofOf(policySet([]), [getSecret()]);

    expect(denied).toEqual(['forwarder: made 1 calls, but its role was not collected']);
  });

  it('a call that the recorder could not write', async () => {
    const failure = { time: '2026-11-03T10:00:00.000Z', function: 'forwarder', failure: 'TypeError' };

    const { denied } = await prove({ calls: [], failures: [failure] }, policySet([functionWith([])]));

    expect(denied).toEqual(['forwarder: the recorder may have missed a call: TypeError']);
  });
});

describe('a stack that is updated', () => {
  const at = (minute: number) => `2026-11-03T10:0${minute}:00.000Z`;
  const mayRead = { at: at(1), policies: policySet([functionWith([readSecret])]) };
  const mayNot = { at: at(3), policies: policySet([functionWith([])]) };
  const deniedAt = async (minute: number, ...states: (typeof mayRead)[]) => {
    const log = { calls: [getSecret({ time: at(minute) })], failures: [] };
    return (await proveOverTime(log, states)).denied.length;
  };

  it('is proven by the policies of the time of each call: of either, while it is changed', async () => {
    expect(await deniedAt(0, mayRead, mayNot)).toBe(0);
    expect(await deniedAt(2, mayRead, mayNot)).toBe(0);
    expect(await deniedAt(4, mayRead, mayNot)).toBe(1);
    const swapped = [
      { ...mayNot, at: at(1) },
      { ...mayRead, at: at(3) },
    ];
    expect(await deniedAt(0, ...swapped)).toBe(1);
    expect(await deniedAt(2, ...swapped)).toBe(0);
    expect(await deniedAt(4, ...swapped)).toBe(0);
  });

  it('may lose a function, whose calls of before and meanwhile are known', async () => {
    const gone = { at: at(3), policies: policySet([]) };

    expect(await deniedAt(2, mayRead, gone)).toBe(0);
    expect(await deniedAt(4, mayRead, gone)).toBe(1);
  });

  it('counts each call once, and lists as unused what no state needed', async () => {
    const calls = [0, 2, 4].map((minute) => getSecret({ time: at(minute) }));

    const proof = await proveOverTime({ calls, failures: [] }, [mayRead, { ...mayRead, at: at(3) }]);

    const [asking] = proof.functions;
    expect(proof.functions).toHaveLength(1);
    expect(asking?.calls.find(({ action }) => action === 'secretsmanager:GetSecretValue')?.count).toBe(3);
    expect(asking?.unusedActions).not.toContainEqual(expect.stringContaining('GetSecretValue'));
  });
});
