import type { RecordedCall } from '../../../rehearsal/permissions/call-log.ts';
import type {
  FunctionPolicies,
  PolicySet,
  PolicyStatement,
} from '../../../rehearsal/permissions/policies.ts';

export const accountId = '111122223333';
export const region = 'eu-central-1';
export const keyArn = `arn:aws:kms:${region}:${accountId}:key/0b6a3c1e-5f4d-4c1b-9a52-6f1d2e3c4b5a`;
export const secretArn = `arn:aws:secretsmanager:${region}:${accountId}:secret:ServiceToken-Ab1Cd2`;
export const queueArn = `arn:aws:sqs:${region}:${accountId}:queue`;
export const bucketArn = 'arn:aws:s3:::trail-bucket';

/** A call as the recorder writes it; `target` is short for the header. */
export function recordedCall(given: Partial<RecordedCall> & { readonly target?: string } = {}): RecordedCall {
  const { target, ...call } = given;
  return {
    time: '2026-11-03T10:00:00.000Z',
    function: 'forwarder',
    service: 'secretsmanager',
    region,
    method: 'POST',
    host: '127.0.0.1:4566',
    path: '/',
    headers: target === undefined ? {} : { 'x-amz-target': target },
    parameters: {},
    status: 200,
    ...call,
  };
}

export function s3Call(method: string, path: string, given: Partial<RecordedCall> = {}): RecordedCall {
  return recordedCall({ service: 's3', method, path, ...given });
}

export function getSecret(given: Partial<RecordedCall> = {}): RecordedCall {
  return recordedCall({
    target: 'secretsmanager.GetSecretValue',
    parameters: { SecretId: secretArn },
    ...given,
  });
}

export function allow(
  Action: string | readonly string[],
  Resource: string | readonly string[],
  Condition?: unknown,
): PolicyStatement {
  return { Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

export const writeLog = allow(
  ['logs:CreateLogStream', 'logs:PutLogEvents'],
  `arn:aws:logs:${region}:${accountId}:log-group:forwarder:*`,
);

export function through(service: string) {
  return { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } };
}

export function functionWith(
  statements: readonly PolicyStatement[],
  given: Partial<FunctionPolicies> = {},
): FunctionPolicies {
  return {
    name: 'forwarder',
    roleArn: `arn:aws:iam::${accountId}:role/forwarder-role`,
    identityPolicies: [
      { name: 'Permissions', document: { Version: '2012-10-17', Statement: [writeLog, ...statements] } },
    ],
    logGroup: 'forwarder',
    eventSourceArns: [],
    ...given,
  };
}

/** CDK's default key policy: the account's IAM policies decide. */
export const accountDecides = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
} as const;

export function policySet(functions: readonly FunctionPolicies[], given: Partial<PolicySet> = {}): PolicySet {
  return {
    accountId,
    partition: 'aws',
    region,
    functions,
    resourcePolicies: { [keyArn]: accountDecides },
    encryptionKeys: {},
    secretArns: { ServiceToken: secretArn },
    ...given,
  };
}
