import type { Template } from './stacks.ts';

export const assumedBy = (service: string): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});

export const functionRole: object = {
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: assumedBy('lambda.amazonaws.com') },
};

/** A function with inline code, an explicit log group and the runtime that the product uses. */
export function nodeFunction(code: string, more: object = {}): Record<string, object> {
  return {
    Role: functionRole,
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: code },
        LoggingConfig: { LogGroup: { Ref: 'Logs' } },
        Timeout: 20,
        ...more,
      },
    },
  };
}

/**
 * A custom resource's function that tells the recorder each request, and answers as the resource's properties say:
 * `FailOn` (a request type), `Id` (the physical id), `Revision` (whatever makes an update).
 */
export function recordingProvider(recorderUrl: string, name: string): string {
  return `
    const send = (url, method, body) => fetch(url, { method, body: JSON.stringify(body) });
    exports.handler = async (event) => {
      await send('${recorderUrl}/${name}', 'POST', event);
      const { Id, FailOn } = event.ResourceProperties;
      const failed = FailOn === event.RequestType;
      await send(event.ResponseURL, 'PUT', {
        Status: failed ? 'FAILED' : 'SUCCESS',
        Reason: failed ? 'told to fail on ' + event.RequestType : '',
        PhysicalResourceId: event.RequestType === 'Delete' ? event.PhysicalResourceId : Id,
        StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
        Data: { Echo: 'echo of ' + Id },
      });
    };`;
}

/** A stack of custom resources, each made after the one before it. */
export function customResources(
  code: string,
  resources: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Template {
  const names = Object.keys(resources);
  const custom = Object.entries(resources).map(([name, properties], position) => [
    name,
    {
      Type: 'Custom::Recorded',
      ...(position > 0 ? { DependsOn: names[position - 1] } : {}),
      Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, ...properties },
    },
  ]);
  return { Resources: { ...nodeFunction(code), ...Object.fromEntries(custom) } };
}

export const queue: object = { Type: 'AWS::SQS::Queue' };

/** A key that the account's own policies govern. */
export const key: object = {
  Type: 'AWS::KMS::Key',
  Properties: {
    EnableKeyRotation: true,
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Root',
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::Join': [':', ['arn:aws:iam:', { Ref: 'AWS::AccountId' }, 'root']] } },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    PendingWindowInDays: 7,
  },
};

/** A function whose code is nowhere: Lambda refuses it, on AWS and here. */
export const failing = (dependsOn: string[]): object => ({
  Type: 'AWS::Lambda::Function',
  DependsOn: dependsOn,
  Properties: {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::111122223333:role/any',
    Code: { S3Bucket: 'no-such-bucket', S3Key: 'no-such-key.zip' },
  },
});
