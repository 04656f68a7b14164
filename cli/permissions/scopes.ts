/** What an action may be done to: the resource of its statement, as narrow as the names are known. */
import type { Names } from './names.ts';
import type { Place } from './template.ts';

/** What one statement is about. Actions with the same scope share a statement. */
export interface Scope {
  /** Of the statement: letters and digits. */
  readonly sid: string;
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** An action whose resources nobody has written down. */
export class UnknownActionError extends Error {
  override readonly name = 'UnknownActionError';

  constructor(action: string) {
    super(`No rule says what "${action}" may be done to. Add one to cli/permissions/scopes.ts.`);
  }
}

type Rule = readonly [actions: RegExp, scope: (at: Place, names: Names) => Scope];

/**
 * Source of what takes a resource and which: Service Authorization Reference. The first rule that matches counts.
 */
const RULES: readonly Rule[] = [
  [
    // Saved queries have no resource but their workgroup.
    /^athena:/,
    (at, { workGroups }) => ({
      sid: 'WorkGroups',
      resources: workGroups.map((name) => arn('athena', at, `workgroup/${name}`)),
    }),
  ],
  [
    /^(cloudformation:(GetTemplateSummary|ListStacks|ValidateTemplate)|cloudtrail:DescribeTrails|iam:ListAccountAliases|kms:CreateKey|logs:Describe(IndexPolicies|LogGroups|ResourcePolicies))$/,
    // A template is summarized before there is a stack.
    () => ({ sid: 'TakesNoResource', resources: ['*'] }),
  ],
  [
    /^cloudformation:/,
    ({ stack, ...at }, { made }) => ({
      sid: 'Stacks',
      // With a nested stack, whose name CloudFormation makes.
      resources: [
        arn('cloudformation', at, `stack/${stack}/*`),
        arn('cloudformation', at, `stack/${made}/*`),
      ],
    }),
  ],
  [
    /^cloudtrail:/,
    (at, { trails }) => ({
      sid: 'Trails',
      resources: trails.map((trail) => arn('cloudtrail', at, `trail/${trail}`)),
    }),
  ],
  [
    // Asked for by name, and answered only who may see alarms at large.
    /^cloudwatch:DescribeAlarms$/,
    (at) => ({ sid: 'AlarmsToSee', resources: [arn('cloudwatch', at, 'alarm:*')] }),
  ],
  [
    // A dashboard is of no region.
    /^cloudwatch:.*Dashboards?$/,
    (at, { made }) => ({ sid: 'Dashboards', resources: [globalArn('cloudwatch', at, `dashboard/${made}`)] }),
  ],
  [
    /^cloudwatch:/,
    (at, { made }) => ({ sid: 'Alarms', resources: [arn('cloudwatch', at, `alarm:${made}`)] }),
  ],
  [/^dynamodb:/, (at, { made }) => ({ sid: 'Tables', resources: [arn('dynamodb', at, `table/${made}`)] })],
  [
    // The policy of the bus, which has no resource of its own.
    /^events:(PutPermission|RemovePermission)$/,
    () => ({ sid: 'TakesNoResource', resources: ['*'] }),
  ],
  [
    /^events:DescribeEventBus$/,
    (at) => ({ sid: 'EventBus', resources: [arn('events', at, 'event-bus/default')] }),
  ],
  [/^events:/, (at, { made }) => ({ sid: 'Rules', resources: [arn('events', at, `rule/${made}`)] })],
  [
    // A table is allowed only with its database and its catalog.
    /^glue:/,
    (at, { databases }) => ({
      sid: 'DataCatalog',
      resources: [
        arn('glue', at, 'catalog'),
        ...databases.flatMap((name) => [
          arn('glue', at, `database/${name}`),
          arn('glue', at, `table/${name}/*`),
        ]),
      ],
    }),
  ],
  [
    /^iam:PassRole$/,
    (at, { made }) => ({
      sid: 'RolesForServices',
      resources: [globalArn('iam', at, `role/${made}`)],
      condition: {
        StringEquals: { 'iam:PassedToService': ['events.amazonaws.com', 'lambda.amazonaws.com'] },
      },
    }),
  ],
  [
    /^iam:.*OpenIDConnectProvider/,
    (at, { oidcProviders }) => ({
      sid: 'IdentityProvider',
      resources: oidcProviders.map((provider) => globalArn('iam', at, `oidc-provider/${provider}`)),
    }),
  ],
  [
    /^iam:CreatePolicy$/,
    (at, { made }) => ({ sid: 'Policies', resources: [globalArn('iam', at, `policy/${made}`)] }),
  ],
  [/^iam:.*Role/, (at, { made }) => ({ sid: 'Roles', resources: [globalArn('iam', at, `role/${made}`)] })],
  [
    /^kms:(Decrypt|GenerateDataKey)$/,
    (at) => ({
      sid: 'KeysOfSecrets',
      resources: [arn('kms', at, 'key/*')],
      condition: { StringLike: { 'kms:ViaService': `secretsmanager.${at.region}.amazonaws.com` } },
    }),
  ],
  // A key's id is chance's.
  [/^kms:/, (at) => ({ sid: 'Keys', resources: [arn('kms', at, 'key/*')] })],
  [
    // Its id is chance's; its function is ours.
    /^lambda:.*EventSourceMapping$/,
    (at, { made }) => ({
      sid: 'QueuesToFunctions',
      resources: ['*'],
      condition: { ArnLike: { 'lambda:FunctionArn': arn('lambda', at, `function:${made}`) } },
    }),
  ],
  [
    /^lambda:ListTags$/,
    (at, { made }) => ({
      sid: 'TagsOfFunctions',
      resources: [arn('lambda', at, `function:${made}`), arn('lambda', at, 'event-source-mapping:*')],
    }),
  ],
  [/^lambda:/, (at, { made }) => ({ sid: 'Functions', resources: [arn('lambda', at, `function:${made}`)] })],
  [
    /^logs:/,
    (at, { made }) => ({
      sid: 'LogGroups',
      // The second is what the vendor's client calls its own.
      resources: [arn('logs', at, `log-group:${made}`), arn('logs', at, `log-group:/aws/lambda/${made}`)],
    }),
  ],
  [
    /^s3:GetObject$/,
    (_at, { sourceBuckets }) => ({
      sid: 'CodeAndTemplates',
      resources: sourceBuckets.map((bucket) => `arn:aws:s3:::${bucket}/*`),
    }),
  ],
  [
    /^s3:GetBucketLocation$/,
    (_at, { sourceBuckets }) => ({
      sid: 'BucketsOfCodeAndTemplates',
      resources: sourceBuckets.map((bucket) => `arn:aws:s3:::${bucket}`),
    }),
  ],
  [
    /^s3:/,
    // A bucket's name has no capitals, and CloudFormation gives it none.
    (_at, { made }) => ({ sid: 'Buckets', resources: [`arn:aws:s3:::${made.toLowerCase()}`] }),
  ],
  [
    /^secretsmanager:/,
    (at, { secrets }) => ({
      sid: 'Secrets',
      resources: secrets.map((secret) => arn('secretsmanager', at, `secret:${secret}`)),
    }),
  ],
  // A subscription's ARN begins with its topic's.
  [/^sns:/, (at, { made }) => ({ sid: 'Topics', resources: [arn('sns', at, made)] })],
  [
    /^ssm:/,
    (at, { parameters }) => ({
      sid: 'Parameters',
      // The name begins with the slash that the ARN has.
      resources: parameters.map((name) => arn('ssm', at, `parameter/${name.replace(/^\//, '')}`)),
    }),
  ],
  [/^sqs:/, (at, { made }) => ({ sid: 'Queues', resources: [arn('sqs', at, made)] })],
];

/** @throws UnknownActionError for an action of a service that has no rule. */
export function scopeOf(action: string, at: Place, names: Names): Scope {
  const [, scope] = RULES.find(([actions]) => actions.test(action)) ?? [];
  if (scope === undefined) {
    throw new UnknownActionError(action);
  }
  return scope(at, names);
}

type Where = Pick<Place, 'account' | 'region'>;

const arn = (service: string, { region, account }: Where, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

const globalArn = (service: string, { account }: Where, resource: string) =>
  `arn:aws:${service}::${account}:${resource}`;
