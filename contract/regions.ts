/**
 * The AWS region that belongs to each Trend Cloud One region.
 *
 * Source: Trend Micro's AWS onboarding guide, table of supported regions. The service's own stacks
 * exist only in these AWS regions, so a deployment anywhere else cannot work.
 */
export const AWS_REGION_BY_CLOUD_ONE_REGION = {
  'us-1': 'us-east-1',
  'in-1': 'ap-south-1',
  'gb-1': 'eu-west-2',
  'au-1': 'ap-southeast-2',
  'de-1': 'eu-central-1',
  'jp-1': 'ap-northeast-1',
  'sg-1': 'ap-southeast-1',
  'ca-1': 'ca-central-1',
} as const;

export type CloudOneRegion = keyof typeof AWS_REGION_BY_CLOUD_ONE_REGION;

export const CLOUD_ONE_REGIONS = Object.keys(AWS_REGION_BY_CLOUD_ONE_REGION) as readonly CloudOneRegion[];

/** The Cloud One region code is not one of the eight known ones. */
export class UnknownCloudOneRegionError extends Error {
  override readonly name = 'UnknownCloudOneRegionError';

  constructor(given: string) {
    super(
      `"${given}" is not a Trend Cloud One region. Known regions: ${CLOUD_ONE_REGIONS.join(', ')}. ` +
        'Use the region code that the Cloud One console shows beside your account name.',
    );
  }
}

/** The stack is being deployed in an AWS region that does not belong to the Cloud One region. */
export class WrongAwsRegionError extends Error {
  override readonly name = 'WrongAwsRegionError';

  constructor(cloudOneRegion: CloudOneRegion, deployedIn: string) {
    const expected = AWS_REGION_BY_CLOUD_ONE_REGION[cloudOneRegion];
    super(
      `This stack is being deployed in AWS region ${deployedIn}, but the Trend Cloud One account is in ` +
        `region ${cloudOneRegion}, which belongs to AWS region ${expected}. Deploy it in ${expected} instead.`,
    );
  }
}

/**
 * Reads a Cloud One region code as users and documents write it: `us-1`, and also `GB-1`.
 *
 * @throws UnknownCloudOneRegionError if it is none of the eight known codes.
 */
export function parseCloudOneRegion(text: string): CloudOneRegion {
  const code = text.trim().toLowerCase();
  if (!Object.hasOwn(AWS_REGION_BY_CLOUD_ONE_REGION, code)) {
    throw new UnknownCloudOneRegionError(text);
  }
  return code as CloudOneRegion;
}

/**
 * Checks that an AWS region is the one that belongs to a Cloud One region.
 *
 * @throws WrongAwsRegionError naming both regions and the right one.
 */
export function assertAwsRegion(cloudOneRegion: CloudOneRegion, awsRegion: string): void {
  if (AWS_REGION_BY_CLOUD_ONE_REGION[cloudOneRegion] !== awsRegion) {
    throw new WrongAwsRegionError(cloudOneRegion, awsRegion);
  }
}

/** Trend Vision One's regions. Source: Trend Vision One API documentation, "Regional domains". */
export const VISION_ONE_REGIONS = ['us', 'eu', 'au', 'in', 'sg', 'jp'] as const;

export type VisionOneRegion = (typeof VISION_ONE_REGIONS)[number];
