/** The end of a rehearsal: what is left, in AWS and at the vendors, of what was not there before. */
import { isDeepStrictEqual } from 'node:util';
import { type AwsResource, difference, inventory } from './aws/inventory.ts';
import { notificationOf } from './buckets.ts';
import { bucketClients, EXISTING_BUCKET } from './existing-bucket.ts';
import type { Found } from './findings.ts';
import type { RehearsalOptions } from './options.ts';
import type { VendorHoldings } from './report.ts';
import type { Stage } from './stage.ts';
import { holdingsOf, vendorResidue } from './vendor-holdings.ts';

/** How things stood before the deployment. */
export interface Before {
  readonly aws: readonly AwsResource[];
  readonly vendors: VendorHoldings;
  /** The existing bucket's notification document; null without such a bucket. */
  readonly notification: unknown;
}

export async function lookAround(stage: Stage, options: RehearsalOptions): Promise<Before> {
  return {
    aws: await inventory(stage.aws, regionsOf(stage)),
    vendors: holdingsOf(stage.simulator),
    notification: options.existingBucket ? await notificationOf(bucketClients(stage), EXISTING_BUCKET) : null,
  };
}

/** Where something may be left. */
export function regionsOf({ aws, bucketRegion = aws.region }: Stage): readonly string[] {
  return [...new Set([aws.region, bucketRegion])];
}

/**
 * Compares how things stand now with how they stood before, and notes what is left.
 *
 * @param retained ids of AWS resources that must be left, for the product retains them.
 */
export async function checkWhatIsLeft(
  stage: Stage,
  options: RehearsalOptions,
  before: Before,
  found: Found,
  retained: ReadonlySet<string> = new Set(),
): Promise<void> {
  const left = difference(before.aws, await inventory(stage.aws, regionsOf(stage)));
  const isByDesign = (resource: AwsResource) =>
    [...retained].some((id) => isCalled(id, resource)) || isRetainedByDesign(resource);
  const byDesign = left.filter(isByDesign);
  const holdings = holdingsOf(stage.simulator);
  found.vendor = { ...found.vendor, afterDestroy: holdings };
  found.residue = {
    checked: true,
    aws: left.filter((resource) => !isByDesign(resource)).map(nameOf),
    vendors: vendorResidue(before.vendors, holdings),
    retained: [
      ...before.aws.filter(isBootstrap).map(() => 'the CDK bootstrap stack'),
      ...byDesign.map(nameOf),
      ...(holdings.stackTokens > 0
        ? [`${holdings.stackTokens} issued CloudTrail token(s), which lapse`]
        : []),
    ],
  };
  found.problems.push(
    ...[...found.residue.aws, ...found.residue.vendors].map((residue) => `Left behind: ${residue}`),
  );
  found.problems.push(
    ...[...retained]
      .filter((id) => !left.some((resource) => isCalled(id, resource) && !isRetainedByDesign(resource)))
      .map((id) => `Not there any more, or not for long, although it is to be retained: ${id}`),
  );
  if (options.existingBucket) {
    const after = await notificationOf(bucketClients(stage), EXISTING_BUCKET);
    found.bucketNotification = {
      before: before.notification,
      during: null,
      ...found.bucketNotification,
      after,
    };
    if (!isDeepStrictEqual(before.notification, after)) {
      found.problems.push("The existing bucket's notification document is not what it was.");
    }
  }
}

/** A stack knows a key by its id, and the account by its ARN. */
function isCalled(physicalId: string, { id }: AwsResource): boolean {
  return id === physicalId || id.endsWith(`/${physicalId}`);
}

function isBootstrap({ type, id }: AwsResource): boolean {
  return type === 'AWS::CloudFormation::Stack' && id.includes(':stack/CDKToolkit/');
}

/** AWS deletes keys after a waiting time only. */
export function isRetainedByDesign({ type, pendingDeletion }: AwsResource): boolean {
  return type === 'AWS::KMS::Key' && pendingDeletion === true;
}

export function nameOf({ type, id, detail }: AwsResource): string {
  return `${type} ${id}${detail === undefined ? '' : ` (${detail})`}`;
}
