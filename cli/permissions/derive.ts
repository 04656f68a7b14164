/** From a template to the actions that its deployment takes, and from these to a policy. */
import { namesIn } from './names.ts';
import { type PolicyDocument, type Statement, statement } from './policy.ts';
import {
  CUSTOM_RESOURCE,
  RESOURCE_TYPES,
  type TypePermissions,
  WITHOUT_PERMISSIONS,
} from './resource-types.ts';
import { scopeOf } from './scopes.ts';
import { type Known, knownOf, type Place, type Template, type TemplateResource } from './template.ts';
import { VENDOR_LISTS } from './vendor-lists.ts';

/** A resource type whose actions nobody has written down: a policy without them would fail half-way. */
export class UnknownResourceTypeError extends Error {
  override readonly name = 'UnknownResourceTypeError';

  constructor(type: string) {
    super(
      `The template has a resource of type ${type}, and what CloudFormation calls for that is not known here. ` +
        "Add the type to cli/permissions/resource-types.ts, from its schema's handlers.",
    );
  }
}

/** Who is to have the policy. */
export const RECEIVERS = ['direct', 'cdk', 'execution-role'] as const;
export type Receiver = (typeof RECEIVERS)[number];

/**
 * Resource types of the vendor's account stack, which is deployed inside ours with the same permissions.
 *
 * Assumed, for the template is the vendor's own: its documentation names a role and an identity provider.
 */
const VENDOR_ACCOUNT_STACK: readonly TemplateResource[] = [
  { Type: 'AWS::IAM::OIDCProvider', Properties: {} },
  { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [] } },
];

/** What somebody does with a stack, from the command line or the console, besides what is the resources'. */
const STACK_ACTIONS = [
  'CancelUpdateStack',
  'ContinueUpdateRollback',
  'CreateChangeSet',
  'CreateStack',
  'DeleteChangeSet',
  'DeleteStack',
  'DescribeChangeSet',
  'DescribeStackEvents',
  'DescribeStackResource',
  'DescribeStackResources',
  'DescribeStacks',
  'ExecuteChangeSet',
  'GetTemplate',
  'GetTemplateSummary',
  'ListChangeSets',
  'ListStackResources',
  'ListStacks',
  'RollbackStack',
  'TagResource',
  'UpdateStack',
  'ValidateTemplate',
].map((operation) => `cloudformation:${operation}`);

/** Roles that `cdk bootstrap` makes and `cdk deploy` assumes. Source: the CDK's bootstrap template. */
const BOOTSTRAP_ROLES = ['deploy-role', 'file-publishing-role', 'lookup-role'];
const DEFAULT_QUALIFIER = 'hnb659fds';

export interface DeployerPolicyOptions {
  readonly template: Template;
  readonly place: Place;
  readonly receiver: Receiver;
  /** Values of the template's parameters, where they are not the defaults. */
  readonly parameters?: Known;
}

/**
 * The policy that deploying, updating and deleting a template takes.
 *
 * - `direct`: for whoever has CloudFormation do it in his own name, by `create-stack` or in the console.
 * - `cdk`: for whoever runs `cdk deploy` where the CDK is bootstrapped. The roles of the bootstrap do the rest.
 * - `execution-role`: for the one of these roles that CloudFormation acts with.
 *
 * @throws UnknownResourceTypeError, UnknownActionError where the template has something new.
 */
export function deployerPolicy(options: DeployerPolicyOptions): PolicyDocument {
  const { template, place, receiver, parameters = {} } = options;
  const known = knownOf(template, place, parameters);
  if (receiver === 'cdk') {
    return policyOf([bootstrapRoles(known, place)]);
  }
  const names = namesIn(template, place, known);
  const actions = [
    ...actionsOf(template),
    ...(connectsAccount(template) ? Object.values(VENDOR_LISTS).flat() : []),
    ...(receiver === 'direct' ? STACK_ACTIONS : []),
  ];
  const bySid = Map.groupBy(new Set(actions), (action) => scopeOf(action, place, names).sid);
  const statements = [...bySid].flatMap(([, [first = '', ...others]]) => {
    const scope = scopeOf(first, place, names);
    return scope.resources.length === 0 ? [] : [statement(scope, [first, ...others])];
  });
  return policyOf(statements);
}

/** Every action that the resources of a template take, the vendor's account stack's with them. */
export function actionsOf(template: Template): ReadonlySet<string> {
  const resources = Object.values(template.Resources);
  return new Set(
    [...resources, ...(connectsAccount(template) ? VENDOR_ACCOUNT_STACK : [])].flatMap(actionsOfResource),
  );
}

/** Whether it has the vendor's own account stack in it. */
function connectsAccount({ Resources }: Template): boolean {
  return Object.values(Resources).some(({ Type }) => Type === 'AWS::CloudFormation::Stack');
}

function actionsOfResource({ Type, Properties }: TemplateResource): readonly string[] {
  if (WITHOUT_PERMISSIONS.has(Type)) {
    return [];
  }
  const { create, read = [], update = [], delete: remove, with: given = {} } = permissionsFor(Type);
  const ofProperties = Object.entries(given).flatMap(([property, actions]) =>
    isWithin(Properties, property) ? actions : [],
  );
  return [...create, ...read, ...update, ...remove, ...ofProperties];
}

function isWithin(value: unknown, property: string): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (property in value || Object.values(value).some((part) => isWithin(part, property)))
  );
}

function permissionsFor(type: string): TypePermissions {
  const permissions = type.startsWith('Custom::')
    ? CUSTOM_RESOURCE
    : Object.hasOwn(RESOURCE_TYPES, type)
      ? RESOURCE_TYPES[type]
      : undefined;
  if (permissions === undefined) {
    throw new UnknownResourceTypeError(type);
  }
  return permissions;
}

/** The template's bootstrap version is a parameter whose default has the bootstrap's qualifier in its path. */
function bootstrapRoles(known: Known, { account, region }: Place): Statement {
  const qualifier =
    /^\/cdk-bootstrap\/([^/]+)\//.exec(known.BootstrapVersion ?? '')?.[1] ?? DEFAULT_QUALIFIER;
  const resources = BOOTSTRAP_ROLES.map(
    (role) => `arn:aws:iam::${account}:role/cdk-${qualifier}-${role}-${account}-${region}`,
  );
  return statement({ sid: 'CdkBootstrapRoles', resources }, ['sts:AssumeRole']);
}

function policyOf(statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements.toSorted((a, b) => (a.Sid < b.Sid ? -1 : 1)) };
}
