/** The trails that write to a bucket, as far as this account and region can see them. */
import { type CloudTrailClient, DescribeTrailsCommand, type Trail } from '@aws-sdk/client-cloudtrail';
import { refusalOf } from './refusals.ts';
import type { BucketContext } from './s3-errors.ts';

export interface BucketTrail {
  readonly arn: string;
  readonly homeRegion: string;
  /** Without a trailing slash; empty where the trail has none. */
  readonly keyPrefix: string;
  /** CloudTrail resolves aliases itself. */
  readonly keyArn: string | undefined;
  readonly ofOrganization: boolean;
  readonly validatesFiles: boolean;
}

/**
 * The account's own trails of this region, the multi-region trails of others, and an organisation's trail where
 * the account is shown it. Not those of other accounts that write to the same bucket, nor single-region trails of
 * other regions: a bucket without a visible trail may well be in use.
 *
 * (AWS CloudTrail API Reference, DescribeTrails: "shadow trails".)
 */
export async function trailsWritingTo(
  cloudTrail: CloudTrailClient,
  context: BucketContext,
  signal: AbortSignal,
): Promise<readonly BucketTrail[]> {
  try {
    const { trailList = [] } = await cloudTrail.send(
      new DescribeTrailsCommand({ includeShadowTrails: true }),
      { abortSignal: signal },
    );
    return trailList.filter(({ S3BucketName }) => S3BucketName === context.bucket).flatMap(trailOf);
  } catch (error) {
    throw refusalOf(context, 'cloudtrail:DescribeTrails', error);
  }
}

function trailOf(trail: Trail): BucketTrail[] {
  return trail.TrailARN === undefined
    ? []
    : [
        {
          arn: trail.TrailARN,
          homeRegion: trail.HomeRegion ?? '',
          keyPrefix: trail.S3KeyPrefix ?? '',
          keyArn: trail.KmsKeyId === '' ? undefined : trail.KmsKeyId,
          ofOrganization: trail.IsOrganizationTrail ?? false,
          validatesFiles: trail.LogFileValidationEnabled ?? false,
        },
      ];
}
