import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { deploymentBackfillEnvironment, deploymentBackfillProperties } from '../../contract/listing.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import type { Listing } from './listing.ts';

export interface DeploymentBackfillProps {
  readonly bucketName: string;

  /** Days before the deployment whose files are forwarded too. */
  readonly backfillDays: string;

  readonly listing: Listing;

  /** What makes it be looked at again; see `TrailbridgeCustomResourceProps.triggers`. */
  readonly triggers: Record<string, string>;
}

/** Has the files listed that were stored before the deployment. */
export class DeploymentBackfill extends TrailbridgeCustomResource<
  typeof deploymentBackfillEnvironment,
  typeof deploymentBackfillProperties
> {
  constructor(scope: Construct, id: string, props: DeploymentBackfillProps) {
    const { listing } = props;
    super(scope, id, {
      triggers: props.triggers,
      type: 'Backfill',
      handler: 'listing/deployment-backfill-handler.ts',
      description: 'Has the files listed that were stored before the deployment.',
      environmentSchema: deploymentBackfillEnvironment,
      environment: { LATE_OBJECTS_QUEUE_URL: listing.queue.queueUrl },
      permissions: [
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [listing.queue.queueArn] }),
      ],
      propertiesSchema: deploymentBackfillProperties,
      properties: { BucketName: props.bucketName, BackfillDays: props.backfillDays },
    });
    // Who lists must know this bucket's key prefixes by then, and may list it: in an update, the lister is still the
    // former bucket's.
    this.resource.node.addDependency(listing.lister, listing.mapping);
  }
}
