/** Where a template lies once it is uploaded, and the links that launch it in the CloudFormation console. */
import { CODE_PARAMETERS } from '../contract/publishing.ts';
import {
  AWS_REGION_BY_CLOUD_ONE_REGION,
  CLOUD_ONE_REGIONS,
  type CloudOneRegion,
} from '../contract/regions.ts';
import type { PublishedTo } from '../lib/publishing/code-location.ts';
import { CLOUD_ONE, templateFile } from './stacks.ts';

/** One launch, as `launch.json` lists them. */
export interface Launch {
  readonly cloudOneRegion: CloudOneRegion;
  readonly awsRegion: string;
  /** Opens the console with the template, a stack name and the code's place filled in. */
  readonly url: string;
}

/** A prefix as a folder: empty, or with one slash at its end. */
export function asFolder(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/** HTTPS address of an uploaded file. CloudFormation takes a template from any region's bucket. */
export function urlOf({ bucket, prefix, region }: PublishedTo, file: string): string {
  const key = asFolder(prefix) + file;
  // Names from before 2018 may have capitals, which the name of a host cannot tell apart.
  const isHostName = bucket === bucket.toLowerCase();
  const base = isHostName
    ? `https://${bucket}.s3.${region}.amazonaws.com/`
    : `https://s3.${region}.amazonaws.com/${bucket}/`;
  return base + key.split('/').map(encodeURIComponent).join('/');
}

/** One launch for each Cloud One region, in the AWS region that belongs to it. */
export function launches(publishedTo: PublishedTo): Launch[] {
  return CLOUD_ONE_REGIONS.map((cloudOneRegion) => {
    const awsRegion = AWS_REGION_BY_CLOUD_ONE_REGION[cloudOneRegion];
    return { cloudOneRegion, awsRegion, url: consoleUrl(publishedTo, awsRegion) };
  });
}

/**
 * The console's quick-create link. Everything after `#` is the console's own, a query included.
 *
 * Source: AWS CloudFormation User Guide, "Create quick-create links for stacks"; its older address,
 * `#/stacks/create/review`, leads to the same page.
 */
function consoleUrl(publishedTo: PublishedTo, awsRegion: string): string {
  const values = {
    templateURL: urlOf(publishedTo, templateFile(CLOUD_ONE)),
    stackName: CLOUD_ONE.name,
    [`param_${CODE_PARAMETERS.bucketName}`]: publishedTo.bucket,
    [`param_${CODE_PARAMETERS.keyPrefix}`]: publishedTo.prefix,
    [`param_${CODE_PARAMETERS.bucketRegion}`]: publishedTo.region,
  };
  const query = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return (
    `https://${awsRegion}.console.aws.amazon.com/cloudformation/home?region=${awsRegion}` +
    `#/stacks/quickcreate?${query.join('&')}`
  );
}
