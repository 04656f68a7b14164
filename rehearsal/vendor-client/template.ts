/**
 * The template that stands in for the vendor's client in a rehearsal: parameters, resources and their names, time-outs,
 * variables and permissions of the copy that the vendor has published with its Terraform connectors. What is different
 * is told in rehearsal/vendors/README.md.
 */

const text = (value: string) => ({ 'Fn::Sub': value });
const ref = (id: string) => ({ Ref: id });
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is Fn::Sub that fills them in.
const BUCKET = text('arn:${AWS::Partition}:s3:::${ExistingCloudtrailBucketName}');
const OBJECTS = text('arn:${AWS::Partition}:s3:::${ExistingCloudtrailBucketName}/*');

const allow = (Action: string | readonly string[], Resource: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const readToken = allow('secretsmanager:GetSecretValue', ref('AuthTokenSecretManager'));

interface StandIn {
  /** Logical id of the function. */
  readonly id: string;
  /** Below the bucket that the parameter `S3BucketName` names. */
  readonly codeKey: string;
  readonly timeout: number;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly statements: readonly object[];
}

/** A function with its role and log group. The role's name is part of what the vendor's template settles. */
function functionOf({ id, codeKey, timeout, variables, statements }: StandIn, role: string, log: string) {
  return {
    [id]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Code: { S3Bucket: ref('S3BucketName'), S3Key: codeKey },
        Role: arn(role),
        Timeout: timeout,
        Environment: {
          Variables: {
            SERVICE_URL: ref('ServiceURL'),
            SECRET_ARN: ref('AuthTokenSecretManager'),
            API_VERSION: ref('APIVersion'),
            ...variables,
          },
        },
      },
    },
    [role]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'Permissions',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                allow(
                  ['logs:CreateLogStream', 'logs:PutLogEvents'],
                  text('arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/*'),
                ),
                ...statements,
              ],
            },
          },
        ],
      },
    },
    [log]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: text(`/aws/lambda/\${${id}}`), RetentionInDays: 14 },
    },
  };
}

function mayCall(principal: string, functionId: string, from: object) {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: arn(functionId),
      Action: 'lambda:InvokeFunction',
      Principal: principal,
      ...from,
    },
  };
}

/** Keys of the functions' code below the client's bucket, by the module that stands in for it. */
export const CODE_KEYS = {
  forwarder: 'lambda/forwarder/main.zip',
  'stack-lifecycle': 'lambda/stacklifecycle/main.zip',
  'health-checker': 'lambda/healthchecker/main.zip',
} as const;

export const CLIENT_TEMPLATE = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: "Stands in for the vendor's CloudTrail client in a rehearsal.",
  Parameters: {
    ExistingCloudtrailBucketName: { Type: 'String', Default: '' },
    // As in the vendor's template: not NoEcho.
    ServiceToken: { Type: 'String', Default: '' },
    ServiceURL: { Type: 'String' },
    S3BucketName: { Type: 'String' },
    APIVersion: { Type: 'String', Default: 'v1' },
  },
  Resources: {
    AuthTokenSecretManager: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { SecretString: ref('ServiceToken') },
    },
    ...functionOf(
      {
        id: 'SenderLambdaFunction',
        codeKey: CODE_KEYS.forwarder,
        timeout: 50,
        variables: { MAXIMUM_S3_OBJECT_SIZE: '716800', IS_FORWARDING_ENABLE: 'true' },
        statements: [readToken, allow('s3:GetObject', OBJECTS)],
      },
      'SenderLambdaIAMRole',
      'SenderLogGroup',
    ),
    LambdaInvokePermission: mayCall('s3.amazonaws.com', 'SenderLambdaFunction', {
      SourceAccount: ref('AWS::AccountId'),
      SourceArn: BUCKET,
    }),
    ...functionOf(
      {
        id: 'StackLifecycleEventLambda',
        codeKey: CODE_KEYS['stack-lifecycle'],
        timeout: 50,
        variables: {},
        statements: [readToken, allow('s3:PutBucketNotification', BUCKET)],
      },
      'StackLifecycleEventLambdaRole',
      'StackLifecycleEventLogGroup',
    ),
    StackLifecycleEvent: {
      Type: 'Custom::StackLifecycleEvent',
      DependsOn: ['LambdaInvokePermission', 'StackLifecycleEventLogGroup', 'SenderLogGroup'],
      Properties: {
        ServiceToken: arn('StackLifecycleEventLambda'),
        ExistingCloudtrailBucketName: ref('ExistingCloudtrailBucketName'),
        SenderLambdaFunctionArn: arn('SenderLambdaFunction'),
      },
    },
    ...functionOf(
      {
        id: 'HealthCheckerLambda',
        codeKey: CODE_KEYS['health-checker'],
        timeout: 120,
        variables: {
          S3_BUCKET_NAME: ref('ExistingCloudtrailBucketName'),
          LAMBDA_ARN: arn('SenderLambdaFunction'),
          STACK_ID: ref('AWS::StackId'),
        },
        statements: [
          readToken,
          allow('s3:GetBucketNotification', BUCKET),
          allow('lambda:GetFunctionConfiguration', arn('SenderLambdaFunction')),
        ],
      },
      'HealthCheckerLambdaRole',
      'HealthCheckerLogGroup',
    ),
    HealthCheckerSchedule: {
      Type: 'AWS::Events::Rule',
      DependsOn: ['StackLifecycleEvent', 'HealthCheckerLogGroup'],
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        Targets: [
          // Of at most 64 characters: why the nested stack's name must be short.
          { Arn: arn('HealthCheckerLambda'), Id: text('HealthCheckerSchedule-${AWS::StackName}') },
        ],
      },
    },
    HealthCheckerLambdaPermission: mayCall('events.amazonaws.com', 'HealthCheckerLambda', {
      SourceArn: arn('HealthCheckerSchedule'),
    }),
  },
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above.
