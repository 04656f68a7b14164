import { expect, test } from 'vitest';
import { resourcesOf, type Template } from '../template.ts';

/** The longest that CloudFormation takes for a stack (API reference, "CreateStack"). */
const LONGEST_STACK_NAME = 'a'.repeat(128);
const STACK_ID = `arn:aws:cloudformation:us-east-1:111122223333:stack/${LONGEST_STACK_NAME}/12345678-1234-1234-1234-123456789012`;

/**
 * The properties by which a template names a resource itself, and how long such a name may be (each service's API
 * reference). Whatever is not named so, CloudFormation names, and shortens to what the service takes.
 */
const LIMITS: Readonly<Record<string, number>> = {
  AlarmName: 255,
  AliasName: 256,
  BucketName: 63,
  DashboardName: 255,
  FunctionName: 64,
  GroupName: 128,
  LogGroupName: 512,
  ManagedPolicyName: 128,
  Name: 64,
  'AWS::SSM::Parameter Name': 1011,
  PolicyName: 128,
  QueueName: 80,
  RoleName: 64,
  StackName: 128,
  TableName: 255,
  TopicName: 256,
  TrailName: 128,
};

/** Types whose property of that name refers to another resource, or names something that may be longer. */
const REFERRING = /^AWS::Lambda::(EventInvokeConfig|EventSourceMapping|Permission)$|^Custom::/;

/** The role is named elsewhere. */
const ROLE_OF_A_POLICY = 'AWS::IAM::RolePolicy RoleName';

export function nameTests(template: Template): void {
  const named = Object.entries(template.Resources)
    .filter(([, { Type }]) => !REFERRING.test(Type))
    .flatMap(([id, { Type, Properties = {} }]) =>
      Object.entries(Properties)
        .filter(([property]) => Object.hasOwn(LIMITS, property) && `${Type} ${property}` !== ROLE_OF_A_POLICY)
        .map(([property, value]) => {
          const limit = LIMITS[`${Type} ${property}`] ?? LIMITS[property] ?? 0;
          return [id, property, value, limit] as const;
        }),
    );

  test('there are names to look at', () => {
    expect(named.map(([, property]) => property)).toEqual(expect.arrayContaining(['AlarmName', 'TrailName']));
  });

  test.each(named)('%s: its %s fits, however long the stack’s name is', (_id, _property, value, limit) => {
    const name = evaluate(value);

    expect(name).not.toContain('undefined');
    expect(name.length).toBeLessThanOrEqual(limit);
  });

  test('no name within a resource is built from the stack’s name', () => {
    const targets = resourcesOf(template, 'AWS::Events::Rule').flatMap(([, { Properties = {} }]) =>
      (Properties.Targets as { readonly Id: unknown }[]).map(({ Id }) => evaluate(Id)),
    );

    expect(targets.filter((id) => id.length > 64)).toEqual([]);
  });
}

const BUCKET = 'b'.repeat(63);
/** What references give at their longest. */
const LONGEST: Readonly<Record<string, string>> = {
  'AWS::StackName': LONGEST_STACK_NAME,
  'AWS::StackId': STACK_ID,
  ExistingCloudtrailBucketName: BUCKET,
  NewTrailBucket430112D1: BUCKET,
  ForwardingDestination: 'VendorClient',
};

/** The text that CloudFormation makes of a value for the longest stack's name. */
function evaluate(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const [[operator, argument] = []] = Object.entries(value as object);
  switch (operator) {
    case 'Ref':
      return LONGEST[String(argument)] ?? 'undefined';
    case 'Fn::If': {
      const [longest = ''] = argument
        .slice(1)
        .map(evaluate)
        .sort((a: string, b: string) => b.length - a.length);
      return longest;
    }
    case 'Fn::Join':
      return argument[1].map(evaluate).join(argument[0]);
    case 'Fn::Split':
      throw new Error('A list where a text is needed.');
    case 'Fn::Select':
      return String(listIn(argument[1])[argument[0]]);
    default:
      throw new Error(`${operator} is not known here: say how long it makes a name.`);
  }
}

function listIn(value: { readonly 'Fn::Split': readonly [string, unknown] }): string[] {
  const [separator, text] = value['Fn::Split'];
  return evaluate(text).split(separator);
}
