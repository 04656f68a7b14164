/**
 * Would the deployer's policy allow what CloudFormation calls in the deployer's name?
 *
 * The local AWS makes resources without asking IAM. So each action that AWS's own schemas declare for a resource of the
 * stack (`resource-handlers.ts`) is evaluated here, against every deployed resource that it can be done to, by its real
 * name: the policy was written before there were any.
 *
 * What it does not show: that the schemas are complete, and what the vendor's real account stack takes.
 */
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { z } from 'zod';
import type { DeployerProof } from '../report.ts';
import type { AwsAccess } from './collect.ts';
import { evaluate } from './evaluate.ts';
import type { PermissionRequest } from './permission-request.ts';
import type { FunctionPolicies, PolicyDocument, PolicySet } from './policies.ts';
import { handlerActions } from './resource-handlers.ts';

export interface Deployed {
  readonly type: string;
  readonly physicalId: string;
}

/** The account's Glue Data Catalog, which no template makes. */
const CATALOG = 'Data Catalog';

/** Type of what CloudFormation reads, and does not make: code and nested templates, as `<bucket>/<key>`. */
export const SOURCE = 'code or template';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** All resources of a stack and of the stacks nested in it. Call it while they stand. */
export async function deployedResources(aws: AwsAccess, stackName: string): Promise<readonly Deployed[]> {
  const { AWS_ACCESS_KEY_ID: accessKeyId = 'test', AWS_SECRET_ACCESS_KEY: secretAccessKey = 'test' } =
    aws.clientEnvironment;
  const client = new CloudFormationClient({
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: { accessKeyId, secretAccessKey },
  });
  const found: Deployed[] = [];
  const stacks = [stackName];
  for (const StackName of stacks) {
    for await (const page of paginateListStackResources({ client }, { StackName })) {
      for (const {
        ResourceType: type = '',
        PhysicalResourceId: physicalId = '',
      } of page.StackResourceSummaries ?? []) {
        found.push({ type, physicalId });
        if (type === 'AWS::CloudFormation::Stack') stacks.push(physicalId);
      }
    }
  }
  client.destroy();
  return found;
}

/** Evaluates what the handlers of a template's resources call. */
export async function proveDeployer(options: {
  readonly template: unknown;
  readonly policy: PolicyDocument;
  readonly deployed: readonly Deployed[];
  /** The policies of keys, buckets, queues and topics, which have a say, too. */
  readonly surroundings: PolicySet;
}): Promise<DeployerProof> {
  const { policy, deployed, surroundings } = options;
  const asking: FunctionPolicies = {
    name: 'AWSCloudFormation',
    roleArn: `arn:${surroundings.partition}:iam::${surroundings.accountId}:role/deployer`,
    identityPolicies: [{ name: 'the deployer’s policy', document: policy }],
    logGroup: '',
    eventSourceArns: [],
  };
  const requests = requestsOf(options.template, deployed, surroundings);
  const denied: string[] = [];
  for (const request of requests) {
    const { allowed, reason } = await evaluate(request, asking, surroundings);
    if (!allowed) denied.push(`${request.action} on ${request.resource}: ${reason}`);
  }
  return { evaluated: requests.length, denied };
}

function requestsOf(
  template: unknown,
  deployed: readonly Deployed[],
  place: Place,
): readonly PermissionRequest[] {
  const resources = Object.values(templateSchema.parse(template).Resources);
  const actions = new Set(
    resources.flatMap(({ Type, Properties }) => handlerActions(Type, Properties) ?? ofCustomResource(Type)),
  );
  return [...actions].flatMap((action) => {
    const [, target] = TARGETS.find(([pattern]) => pattern.test(action)) ?? [];
    if (target === undefined) {
      throw new Error(`rehearsal/permissions/deployer-proof.ts does not know what ${action} is done to.`);
    }
    const { types, context = () => ({}) } = target;
    const request = { action, region: place.region, context: context(deployed, place) };
    if (types === 'none') return [{ ...request, resource: '*' }];
    return [...deployed, { type: CATALOG, physicalId: 'catalog' }]
      .filter(({ type }) => types.includes(type))
      .map((one) => ({ ...request, resource: arnOf(one, place, deployed) }));
  });
}

function ofCustomResource(type: string): readonly string[] {
  return type.startsWith('Custom::') ? ['lambda:InvokeFunction'] : [];
}

type Place = Pick<PolicySet, 'accountId' | 'partition' | 'region'>;

interface Target {
  readonly types: readonly string[] | 'none';
  readonly context?: (deployed: readonly Deployed[], place: Place) => Readonly<Record<string, string>>;
}

const only = (...types: string[]): Target => ({ types });

const aFunction = (deployed: readonly Deployed[], place: Place) => {
  const found = deployed.find(({ type }) => type === 'AWS::Lambda::Function');
  return { 'lambda:FunctionArn': found === undefined ? '' : arnOf(found, place, deployed) };
};

/** What an action is done to. Source: Service Authorization Reference. The first that matches counts. */
const TARGETS: readonly (readonly [action: RegExp, target: Target])[] = [
  [
    /^(cloudtrail:DescribeTrails|kms:CreateKey|logs:Describe(IndexPolicies|LogGroups|ResourcePolicies))$/,
    { types: 'none' },
  ],
  [/^lambda:CreateEventSourceMapping$/, { types: 'none', context: aFunction }],
  [/^lambda:.*EventSourceMapping$/, { types: ['AWS::Lambda::EventSourceMapping'], context: aFunction }],
  [/^lambda:/, only('AWS::Lambda::Function')],
  // Of a saved query, too: its workgroup is the resource.
  [/^athena:/, only('AWS::Athena::WorkGroup')],
  // What is in a database is the database's and the catalog's, too.
  [/^glue:.*Database$/, only(CATALOG, 'AWS::Glue::Database')],
  [/^glue:.*Table$/, only(CATALOG, 'AWS::Glue::Database', 'AWS::Glue::Table')],
  [
    /^iam:PassRole$/,
    {
      types: ['AWS::IAM::Role'],
      context: () => ({ 'iam:PassedToService': 'lambda.amazonaws.com' }),
    },
  ],
  [/^iam:.*OpenIDConnect/, only('AWS::IAM::OIDCProvider')],
  [/^iam:/, only('AWS::IAM::Role')],
  [/^s3:GetObject$/, only(SOURCE)],
  [/^s3:/, only('AWS::S3::Bucket')],
  [/^cloudformation:/, only('AWS::CloudFormation::Stack')],
  [/^cloudtrail:/, only('AWS::CloudTrail::Trail')],
  [/^cloudwatch:.*Dashboards?$/, only('AWS::CloudWatch::Dashboard')],
  [/^cloudwatch:/, only('AWS::CloudWatch::Alarm')],
  [/^dynamodb:/, only('AWS::DynamoDB::Table')],
  // Of the default bus, which no template makes; the service knows no resource for the other two.
  [/^events:DescribeEventBus$/, only('AWS::Events::EventBus')],
  [/^events:(Put|Remove)Permission$/, { types: 'none' }],
  [/^events:/, only('AWS::Events::Rule')],
  [/^kms:/, only('AWS::KMS::Key')],
  [/^logs:/, only('AWS::Logs::LogGroup')],
  [/^secretsmanager:/, only('AWS::SecretsManager::Secret')],
  [/^sns:/, only('AWS::SNS::Topic')],
  [/^sqs:/, only('AWS::SQS::Queue')],
  [/^ssm:/, only('AWS::SSM::Parameter')],
];

/** What stands between the account and the name, where CloudFormation's physical id is a name. */
const ARN_PREFIX: Readonly<Record<string, readonly [service: string, prefix: string]>> = {
  [CATALOG]: ['glue', ''],
  'AWS::Athena::WorkGroup': ['athena', 'workgroup/'],
  'AWS::CloudTrail::Trail': ['cloudtrail', 'trail/'],
  'AWS::CloudWatch::Alarm': ['cloudwatch', 'alarm:'],
  'AWS::DynamoDB::Table': ['dynamodb', 'table/'],
  'AWS::Events::Rule': ['events', 'rule/'],
  'AWS::Glue::Database': ['glue', 'database/'],
  'AWS::KMS::Key': ['kms', 'key/'],
  'AWS::Lambda::EventSourceMapping': ['lambda', 'event-source-mapping:'],
  'AWS::Lambda::Function': ['lambda', 'function:'],
  'AWS::Logs::LogGroup': ['logs', 'log-group:'],
  'AWS::SQS::Queue': ['sqs', ''],
  'AWS::SSM::Parameter': ['ssm', 'parameter'],
};

function arnOf(
  { type, physicalId }: Deployed,
  { partition, region, accountId }: Place,
  deployed: readonly Deployed[],
): string {
  if (physicalId.startsWith('arn:')) return physicalId;
  if (type === 'AWS::Glue::Table') {
    // A table's physical id is its name alone; a stack of ours has one database.
    const database = deployed.find((other) => other.type === 'AWS::Glue::Database')?.physicalId;
    return `arn:${partition}:glue:${region}:${accountId}:table/${database}/${physicalId.split('/').at(-1)}`;
  }
  if (type === 'AWS::S3::Bucket' || type === SOURCE) return `arn:${partition}:s3:::${physicalId}`;
  // Dashboards are of no region.
  if (type === 'AWS::CloudWatch::Dashboard')
    return `arn:${partition}:cloudwatch::${accountId}:dashboard/${physicalId}`;
  if (type === 'AWS::IAM::Role') return `arn:${partition}:iam::${accountId}:role/${physicalId}`;
  const [service, prefix] = ARN_PREFIX[type] ?? ['', ''];
  return `arn:${partition}:${service}:${region}:${accountId}:${prefix}${nameOf(type, physicalId)}`;
}

function nameOf(type: string, physicalId: string): string {
  // A queue's physical id is its URL.
  if (type === 'AWS::SQS::Queue') return physicalId.split('/').at(-1) ?? '';
  // The local AWS has a pattern of its own for log groups; AWS names them like anything else.
  const [, stack, logicalId] = /^\/aws\/cloudformation\/([^/]+)\/(.+)$/.exec(physicalId) ?? [];
  return stack === undefined ? physicalId : `${stack}-${logicalId}-1A2B3C4D5E6F`;
}
