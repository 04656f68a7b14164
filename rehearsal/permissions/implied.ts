/**
 * What AWS asks of the role though the function's code never calls it, and no emulator shows it: decryption on behalf of
 * the caller, and what the Lambda service does with the role.
 */
import { type PermissionRequest, UnknownCallError } from './permission-request.ts';
import type { FunctionPolicies, PolicySet } from './policies.ts';

/**
 * What a service asks of KMS in the caller's name, where the resource has a customer-managed key.
 *
 * Secrets Manager: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 * S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 * SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const keyUse: Readonly<Record<string, readonly string[]>> = {
  'secretsmanager:GetSecretValue': ['kms:Decrypt'],
  'secretsmanager:PutSecretValue': ['kms:GenerateDataKey', 'kms:Decrypt'],
  's3:GetObject': ['kms:Decrypt'],
  's3:GetObjectVersion': ['kms:Decrypt'],
  's3:PutObject': ['kms:GenerateDataKey'],
  'sns:Publish': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'sqs:SendMessage': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'sqs:ReceiveMessage': ['kms:Decrypt'],
};

/** Use of the resource's key, through the service. */
export function keyUseOf(request: PermissionRequest, policies: PolicySet): readonly PermissionRequest[] {
  const key = policies.encryptionKeys[holderOf(request.resource)];
  if (key === undefined || request.metadataOnly) return [];
  const service = request.action.split(':')[0];
  return (keyUse[request.action] ?? []).map((action) => ({
    action,
    resource: key,
    region: request.region,
    context: {
      'kms:ViaService': `${service}.${request.region}.amazonaws.com`,
      'kms:CallerAccount': policies.accountId,
    },
    viaService: true,
  }));
}

/** The resource that has the policy and the key: an object's bucket, otherwise the resource itself. */
export function holderOf(resource: string): string {
  return /^arn:[^:]+:s3:::[^/]+/.exec(resource)?.[0] ?? resource;
}

/** What Lambda asks in order to poll an event source, by the source's service. */
const polling: Readonly<Record<string, readonly string[]>> = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
};

/**
 * What the Lambda service does with a function's role: writing its log, and polling its queues.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 *
 * @throws UnknownCallError for an event source other than a queue
 */
export function doneByLambda(
  { logGroup, eventSourceArns }: FunctionPolicies,
  { accountId, partition, region }: PolicySet,
): readonly PermissionRequest[] {
  // IAM evaluates both on a stream; Lambda chooses its name.
  const stream = `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup}:log-stream:any`;
  const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
    action,
    resource: stream,
  }));
  const sources = eventSourceArns.flatMap((resource) => {
    const actions = polling[resource.split(':')[2] ?? ''];
    if (actions === undefined) {
      throw new UnknownCallError(
        `rehearsal/permissions/implied.ts does not know how Lambda polls ${resource}`,
      );
    }
    return actions.map((action) => ({ action, resource }));
  });
  return [...logging, ...sources].map((request) => ({ ...request, region, context: {} }));
}
