/**
 * Which permissions a call needs: the action, the resource, and the condition keys that the call itself determines.
 *
 * From the Service Authorization Reference
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
 * The tables hold the calls that functions of this product make or may soon make; any other fails the proof by name, so
 * that nobody's permission is taken for granted.
 */
import type { RecordedCall } from './call-log.ts';
import { type PermissionContext, type PermissionRequest, UnknownCallError } from './permission-request.ts';
import type { PolicySet } from './policies.ts';
import { s3Call } from './s3-actions.ts';

/** What a call must be read with: names have to become ARNs. */
export type Surroundings = Pick<PolicySet, 'accountId' | 'partition' | 'secretArns'>;

type Rule = (call: RecordedCall, surroundings: Surroundings) => readonly PermissionRequest[];

const rules: Readonly<Record<string, Rule>> = {
  ...each(
    'secretsmanager',
    ['GetSecretValue', 'PutSecretValue', 'DescribeSecret', 'UpdateSecretVersionStage'],
    secret,
  ),
  ...each(
    'dynamodb',
    ['UpdateItem', 'PutItem', 'GetItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable'],
    table,
  ),
  ...each('dynamodb', ['BatchGetItem', 'BatchWriteItem'], tables),
  ...each('sqs', ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'], queue),
  ...each('sqs', ['GetQueueAttributes', 'GetQueueUrl'], queue),
  // A batch needs the same permission as a single message.
  'sqs.SendMessageBatch': (call, at) => queue('sqs:SendMessage', call, at),
  'sqs.DeleteMessageBatch': (call, at) => queue('sqs:DeleteMessage', call, at),
  'sqs.ChangeMessageVisibilityBatch': (call, at) => queue('sqs:ChangeMessageVisibility', call, at),
  ...each(
    'kms',
    ['DescribeKey', 'ScheduleKeyDeletion', 'CancelKeyDeletion', 'DisableKey', 'GetKeyPolicy'],
    key,
  ),
  ...each('kms', ['Decrypt', 'Encrypt', 'GenerateDataKey'], key),
  ...each('kms', ['ListAliases'], everything),
  ...each('events', ['ListRules', 'ListRuleNamesByTarget'], everything),
  ...each('logs', ['CreateLogStream', 'PutLogEvents'], logStream),
  ...each(
    'cloudtrail',
    ['GetTrail', 'GetTrailStatus', 'GetEventSelectors', 'StartLogging', 'StopLogging'],
    trail,
  ),
  ...each('cloudtrail', ['DescribeTrails', 'ListPublicKeys', 'ListTrails'], everything),
  ...each('lambda', ['GetFunction', 'GetFunctionConfiguration', 'InvokeFunction'], lambdaFunction),
  ...each('cloudformation', ['DescribeStacks', 'DescribeStackEvents', 'DescribeStackResources'], stack),
  ...each('ssm', ['GetParameter', 'PutParameter'], parameter),
  ...each('sns', ['Publish'], topic),
  'ses.POST /v2/email/outbound-emails': (call, at) => mail('ses:SendEmail', call, at),
  'monitoring.GetMetricStatistics': (call) => everything('cloudwatch:GetMetricStatistics', call),
  'monitoring.PutMetricData': (call) => everything('cloudwatch:PutMetricData', call),
  // Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  'sts.GetCallerIdentity': () => [],
};

/**
 * What a call asks of IAM, without what AWS services ask in its wake (`implied.ts`).
 *
 * @throws UnknownCallError when the tables do not have it
 */
export function permissionsFor(call: RecordedCall, surroundings: Surroundings): readonly PermissionRequest[] {
  if (call.service === 's3') return s3Call(call, surroundings.partition).requests;
  const rule = rules[`${call.service}.${operationOf(call)}`];
  if (rule === undefined)
    throw new UnknownCallError('rehearsal/permissions/actions.ts does not have this operation');
  return rule(call, surroundings);
}

/** Such as `GetSecretValue`; for a call that cannot be told, its method and path. */
export function operationOf(call: RecordedCall): string {
  if (call.service === 's3') return s3Call(call, 'aws').operation;
  const target = call.headers['x-amz-target'];
  if (target !== undefined) return target.slice(target.lastIndexOf('.') + 1);
  const path = call.path.split('?')[0] ?? '';
  // Smithy's RPC protocol, which CloudWatch's client speaks.
  const rpc = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(path)?.[1];
  return rpc ?? call.parameters.Action ?? lambdaOperation(call.method, path) ?? `${call.method} ${path}`;
}

function lambdaOperation(method: string, path: string): string | undefined {
  const [, tail] = /^\/2015-03-31\/functions\/[^/]+(\/.*)?$/.exec(path) ?? [];
  const operations: Record<string, string> = {
    'GET ': 'GetFunction',
    'GET /configuration': 'GetFunctionConfiguration',
    'POST /invocations': 'InvokeFunction',
  };
  return path.startsWith('/2015-03-31/functions/') ? operations[`${method} ${tail ?? ''}`] : undefined;
}

type Builder = (action: string, call: RecordedCall, at: Surroundings) => readonly PermissionRequest[];

function each(service: string, operations: readonly string[], build: Builder): Record<string, Rule> {
  return Object.fromEntries(
    operations.map((operation) => [
      `${service}.${operation}`,
      (call: RecordedCall, at: Surroundings) => build(`${service}:${operation}`, call, at),
    ]),
  );
}

function secret(action: string, call: RecordedCall, at: Surroundings) {
  const id = named(call, 'SecretId');
  const resource = id.startsWith('arn:') ? id : at.secretArns[id];
  // An ARN ends in six random characters, which a name does not tell.
  if (resource === undefined) throw new UnknownCallError(`the stack has no secret of the name ${id}`);
  return [request(action, call, resource, { 'secretsmanager:SecretId': id })];
}

function table(action: string, call: RecordedCall, at: Surroundings) {
  const index = call.parameters.IndexName;
  const resource = tableArn(named(call, 'TableName'), call, at);
  const { leadingKeys } = call;
  return [
    request(
      action,
      call,
      index === undefined ? resource : `${resource}/index/${index}`,
      leadingKeys === undefined ? {} : { 'dynamodb:LeadingKeys': leadingKeys },
    ),
  ];
}

function tables(action: string, call: RecordedCall, at: Surroundings) {
  if (call.tables === undefined) throw new UnknownCallError('the request names no table');
  return call.tables.map((name) => request(action, call, tableArn(name, call, at)));
}

function tableArn(name: string, call: RecordedCall, at: Surroundings): string {
  return name.startsWith('arn:') ? name : arn('dynamodb', call, at, `table/${name}`);
}

function queue(action: string, call: RecordedCall, at: Surroundings) {
  const { QueueUrl, QueueName, QueueOwnerAWSAccountId } = call.parameters;
  if (QueueUrl === undefined) {
    const owner = { ...at, accountId: QueueOwnerAWSAccountId ?? at.accountId };
    return [request(action, call, arn('sqs', call, owner, QueueName ?? named(call, 'QueueUrl')))];
  }
  const [accountId, name] = QueueUrl.split('/').slice(-2);
  if (!accountId || !name) throw new UnknownCallError(`${QueueUrl} is not the URL of a queue`);
  return [request(action, call, arn('sqs', call, { ...at, accountId }, name))];
}

function key(action: string, call: RecordedCall, at: Surroundings) {
  const id = named(call, 'KeyId');
  if (/(?:^|:)alias\//.test(id)) throw new UnknownCallError(`${id} is an alias; name the key by id or ARN`);
  return [
    request(action, call, id.startsWith('arn:') ? id : arn('kms', call, at, `key/${id}`), {
      'kms:CallerAccount': at.accountId,
    }),
  ];
}

function logStream(action: string, call: RecordedCall, at: Surroundings) {
  const stream = `${named(call, 'logGroupName')}:log-stream:${named(call, 'logStreamName')}`;
  return [request(action, call, arn('logs', call, at, `log-group:${stream}`))];
}

function trail(action: string, call: RecordedCall, at: Surroundings) {
  const name = call.parameters.TrailName ?? named(call, 'Name');
  return [
    request(action, call, name.startsWith('arn:') ? name : arn('cloudtrail', call, at, `trail/${name}`)),
  ];
}

function topic(action: string, call: RecordedCall) {
  return [request(action, call, named(call, 'TopicArn'))];
}

/** By the identity that is verified: the sender's address, or its domain. Which of them, the call does not tell. */
function mail(action: string, call: RecordedCall, at: Surroundings) {
  const from = named(call, 'FromEmailAddress');
  return [from, from.slice(from.indexOf('@') + 1)].map((identity) =>
    request(action, call, arn('ses', call, at, `identity/${identity}`), { 'ses:FromAddress': from }),
  );
}

function parameter(action: string, call: RecordedCall, at: Surroundings) {
  const name = named(call, 'Name');
  return [
    request(
      action,
      call,
      name.startsWith('arn:') ? name : arn('ssm', call, at, `parameter/${name.replace(/^\//, '')}`),
    ),
  ];
}

function stack(action: string, call: RecordedCall, at: Surroundings) {
  const name = call.parameters.StackName;
  // Without a name it is about every stack.
  if (name === undefined) return everything(action, call);
  // A name stands for the stack of whatever id: IAM then asks for the pattern.
  return [
    request(
      action,
      call,
      name.startsWith('arn:') ? name : arn('cloudformation', call, at, `stack/${name}/*`),
    ),
  ];
}

function lambdaFunction(action: string, call: RecordedCall, at: Surroundings) {
  const name = decodeURIComponent(call.path.split('?')[0]?.split('/')[3] ?? '');
  return [
    request(action, call, name.startsWith('arn:') ? name : arn('lambda', call, at, `function:${name}`)),
  ];
}

/** Actions that take no resource. */
function everything(action: string, call: RecordedCall) {
  return [request(action, call, '*')];
}

function named(call: RecordedCall, member: string): string {
  const value = call.parameters[member];
  if (value === undefined) throw new UnknownCallError(`the request names no ${member}`);
  return value;
}

function arn(service: string, call: RecordedCall, at: Surroundings, resource: string): string {
  return `arn:${at.partition}:${service}:${call.region}:${at.accountId}:${resource}`;
}

function request(
  action: string,
  call: RecordedCall,
  resource: string,
  context: PermissionContext = {},
): PermissionRequest {
  return { action, resource, region: call.region, context };
}
