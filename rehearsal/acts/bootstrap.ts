import { PARAMETERS } from '../../contract/parameters.ts';
import { publishAccountTemplate } from '../buckets.ts';
import { bucketClients, createExistingBucket, EXISTING_BUCKET } from '../existing-bucket.ts';
import type { RehearsalOptions } from '../options.ts';
import type { Progress } from '../progress.ts';
import type { Destination } from '../report.ts';
import type { Parameters, Scenario } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';
import { publishVendorClient } from '../vendor-client/publish.ts';
import type { Simulator, Tenant } from '../vendors/simulator.ts';
import { runCdk } from './stack.ts';

/**
 * What is there before a user comes: the vendor's published template, the user's own bucket, the CDK's bootstrap.
 *
 * @returns the URL of the account template that stands in for the vendor's.
 */
export function bootstrap(
  stage: Stage,
  progress: Progress,
  options: RehearsalOptions,
  { prepare, withoutCdk = false }: Pick<Scenario, 'prepare' | 'withoutCdk'>,
): Promise<string> {
  const title = withoutCdk ? 'preparing' : 'bootstrapping (cdk bootstrap)';
  return progress.phase(
    'bootstrap',
    title,
    async () => {
      const url = await publishAccountTemplate(stage.clients, stage.aws.endpoint);
      if (options.existingBucket) {
        await createExistingBucket(bucketClients(stage), stage.aws, {
          region: stage.bucketRegion,
          // The vendor's client would overwrite notifications, and cannot decrypt: with either it is refused.
          plain: options.destination === 'vendorclient',
        });
      }
      if (options.destination === 'vendorclient') {
        await publishVendorClient(stage.clients, stage.aws.region);
      }
      await prepare?.(stage);
      if (!withoutCdk) {
        await runCdk(stage, ['bootstrap', `aws://${stage.aws.accountId}/${stage.aws.region}`]);
      }
      return url;
    },
    () => (withoutCdk ? 'prepared, without the CDK' : 'bootstrapped (cdk bootstrap)'),
  );
}

/** The stack's parameters, as the options ask for. */
export function parametersOf(
  { simulator: { tenant } }: { readonly simulator: Pick<Simulator, 'tenant'> },
  options: Pick<RehearsalOptions, 'destination' | 'enrolment' | 'existingBucket' | 'filter'>,
  accountTemplateUrl: string,
): Parameters {
  return {
    [PARAMETERS.cloudOneApiKey]: tenant.cloudOneApiKey,
    ...(options.enrolment === 'token'
      ? { [PARAMETERS.visionOneServiceToken]: tenant.visionOneEnrollmentToken }
      : {
          [PARAMETERS.visionOneApiKey]: tenant.visionOneApiKey,
          [PARAMETERS.visionOneRegion]: tenant.visionOneRegion,
        }),
    [PARAMETERS.cloudOneAccountTemplateUrl]: accountTemplateUrl,
    ...(options.existingBucket
      ? {
          [PARAMETERS.existingCloudtrailBucketName]: EXISTING_BUCKET,
          [PARAMETERS.backfillDays]: '1',
          [PARAMETERS.repairNotifications]: 'true',
        }
      : { [PARAMETERS.createNewTrail]: 'true' }),
    ...destinationParameters(options.destination, tenant),
    ...(options.filter === undefined ? {} : { [PARAMETERS.forwardingFilter]: options.filter.text }),
  };
}

function destinationParameters(destination: Destination, tenant: Tenant): Parameters {
  switch (destination) {
    case 'cloudone':
      return {};
    case 'visionone':
      return {
        [PARAMETERS.forwardingDestination]: 'VisionOne',
        [PARAMETERS.visionOneIngestUrl]: tenant.ingestUrl,
        [PARAMETERS.visionOneIngestToken]: tenant.ingestToken,
      };
    case 'vendorclient':
      return { [PARAMETERS.forwardingDestination]: 'VendorClient' };
  }
}
