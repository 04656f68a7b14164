import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct, IDependable } from 'constructs';
import { drainingEnvironment, drainingProperties } from '../../contract/forwarding.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';

export interface DrainingProps {
  /** The bucket that is forwarded from. */
  readonly bucketName: string;

  /** The forwarding queue. */
  readonly queue: IQueue;

  /** What lets the forwarder read the bucket: here before the queue is waited for, and there until it is empty. */
  readonly grant: IDependable;
}

/**
 * Holds a change of the bucket until the former one's files are forwarded. What makes events flow from another
 * bucket must depend on it.
 */
export class Draining extends TrailbridgeCustomResource<
  typeof drainingEnvironment,
  typeof drainingProperties
> {
  constructor(scope: Construct, id: string, { bucketName, queue, grant }: DrainingProps) {
    super(scope, id, {
      type: 'Draining',
      handler: 'forwarding/draining-handler.ts',
      description:
        "Waits until the former bucket's files are forwarded before another one is forwarded from.",
      environmentSchema: drainingEnvironment,
      environment: { QUEUE_URL: queue.queueUrl },
      // It waits for eight of them.
      timeout: Duration.minutes(10),
      permissions: [
        new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: [queue.queueArn] }),
        new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] }),
      ],
      propertiesSchema: drainingProperties,
      properties: { BucketName: bucketName },
    });
    this.resource.node.addDependency(grant);
  }
}
