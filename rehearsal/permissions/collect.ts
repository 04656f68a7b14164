/** Reads the policies of a deployed stack from the (local) AWS. */
import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import {
  type FunctionPolicies,
  listOf,
  type PolicyDocument,
  type PolicySet,
  statementsOf,
} from './policies.ts';
import { type ResourceFacts, ResourceReader } from './resource-reader.ts';
import { RoleReader } from './role-reader.ts';
import { assertSynthesizedRoles } from './synthesized-roles.ts';

/** What is needed of a `LocalAws`. */
export interface AwsAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly clientEnvironment: Readonly<Record<string, string>>;
}

interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/**
 * Collects what decides about the calls of the stack's functions, those of nested stacks included. Call it while the
 * stack stands.
 *
 * @throws RolesDifferError when a deployed role is not the one that the template describes
 * @throws UnsupportedEncryptionError when a resource's key cannot be taken into account
 */
export async function collectPolicies(aws: AwsAccess, stackName: string): Promise<PolicySet> {
  const client = {
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: {
      accessKeyId: aws.clientEnvironment.AWS_ACCESS_KEY_ID ?? 'test',
      secretAccessKey: aws.clientEnvironment.AWS_SECRET_ACCESS_KEY ?? 'test',
    },
  };
  const cloudFormation = new CloudFormationClient(client);
  const lambda = new LambdaClient(client);
  const roles = new RoleReader(client);
  const resources = new ResourceReader(client);
  try {
    const own = await resourcesOf(cloudFormation, stackName);
    await assertSynthesizedRoles(await templateOf(cloudFormation, stackName), own, roles);
    const all = [...own, ...(await nestedResources(cloudFormation, own))];

    const functions: FunctionPolicies[] = [];
    for (const { physicalId } of ofType(all, 'AWS::Lambda::Function')) {
      functions.push(await readFunction(lambda, roles, physicalId));
    }
    const facts: ResourceFacts[] = [];
    for (const { type, physicalId } of all) facts.push(...(await resources.read(type, physicalId)));
    for (const name of namedBuckets(functions))
      facts.push(...(await resources.read('AWS::S3::Bucket', name)));
    return {
      accountId: aws.accountId,
      partition: functions[0]?.roleArn.split(':')[1] ?? 'aws',
      region: aws.region,
      functions,
      ...gathered(facts),
    };
  } finally {
    for (const each of [cloudFormation, lambda, roles, resources]) each.destroy();
  }
}

/** Buckets that the roles name: those that the stack uses and does not own among them. */
function namedBuckets(functions: readonly FunctionPolicies[]): ReadonlySet<string> {
  const statements = functions
    .flatMap(({ identityPolicies }) => identityPolicies)
    .flatMap(({ document }) => statementsOf(document));
  const names = statements
    .flatMap(({ Resource }) => listOf(Resource))
    .map((resource) => /^arn:[^:]+:s3:::([^/*?]+)(?:\/|$)/.exec(resource)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

async function templateOf(client: CloudFormationClient, stackName: string): Promise<unknown> {
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: stackName }));
  return JSON.parse(TemplateBody ?? '');
}

function gathered(facts: readonly ResourceFacts[]) {
  const resourcePolicies: Record<string, PolicyDocument> = {};
  const encryptionKeys: Record<string, string> = {};
  const secretArns: Record<string, string> = {};
  for (const { arn, policy, encryptionKey, secretName } of facts) {
    if (policy !== undefined) resourcePolicies[arn] = policy;
    if (encryptionKey !== undefined) encryptionKeys[arn] = encryptionKey;
    if (secretName !== undefined) secretArns[secretName] = arn;
  }
  return { resourcePolicies, encryptionKeys, secretArns };
}

async function resourcesOf(client: CloudFormationClient, stackName: string): Promise<StackResource[]> {
  const found: StackResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of page.StackResourceSummaries ?? []) {
      if (LogicalResourceId && PhysicalResourceId && ResourceType) {
        found.push({ logicalId: LogicalResourceId, physicalId: PhysicalResourceId, type: ResourceType });
      }
    }
  }
  return found;
}

async function nestedResources(
  client: CloudFormationClient,
  resources: readonly StackResource[],
): Promise<StackResource[]> {
  const found: StackResource[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::CloudFormation::Stack')) {
    const nested = await resourcesOf(client, physicalId);
    found.push(...nested, ...(await nestedResources(client, nested)));
  }
  return found;
}

function ofType(resources: readonly StackResource[], type: string): readonly StackResource[] {
  return resources.filter((resource) => resource.type === type);
}

async function readFunction(
  client: LambdaClient,
  roles: RoleReader,
  name: string,
): Promise<FunctionPolicies> {
  const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  const roleArn = configuration.Role ?? '';
  const eventSourceArns: string[] = [];
  for await (const page of paginateListEventSourceMappings({ client }, { FunctionName: name })) {
    for (const { EventSourceArn } of page.EventSourceMappings ?? []) {
      if (EventSourceArn) eventSourceArns.push(EventSourceArn);
    }
  }
  return {
    name,
    roleArn,
    ...(await roles.read(roleArn.slice(roleArn.lastIndexOf('/') + 1))),
    logGroup: configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    eventSourceArns,
  };
}
