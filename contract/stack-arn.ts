/** A CloudFormation stack's id taken apart. */
export interface StackArn {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly stackName: string;
}

/** Reads `arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<uuid>`, which is how AWS names a stack. */
export function readStackArn(stackId: string): StackArn {
  const [, partition = 'aws', , region = '', accountId = '', resource = ''] = stackId.split(':');
  return { partition, region, accountId, stackName: resource.split('/')[1] ?? '' };
}
