import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { cloudTrailBucketProperties, NO_SUCH_RESOURCE } from '../../contract/trail.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { assertBucketIsAtHome } from './bucket-place.ts';
import { defaultKeyOf, keyArnsOf } from './file-keys.ts';
import { newestFile } from './newest-file.ts';
import { NotificationEditor } from './notification-editor.ts';
import { assertEventsAreOn, assertRelayed } from './relayed-events.ts';
import { type BucketContext, bucketContext, explainS3Error, isElsewhere } from './s3-errors.ts';
import { type BucketTrail, trailsWritingTo } from './trails.ts';
import { type VendorClient, vendorClientsOf } from './vendor-client.ts';

type Properties = z.infer<typeof cloudTrailBucketProperties>;

/** AWS's services in one region. */
export interface CloudTrailBucketClients {
  readonly s3: S3Client;
  readonly kms: KMSClient;
  readonly cloudTrail: CloudTrailClient;
  readonly cloudFormation: CloudFormationClient;
  readonly eventBridge: EventBridgeClient;
}

/** A vendor client forwards from the bucket already, to where this stack would forward. */
export class VendorClientFoundError extends Error {
  override readonly name = 'VendorClientFoundError';
}

/** The vendor's client cannot read the bucket's files. */
export class VendorClientCannotDecryptError extends Error {
  override readonly name = 'VendorClientCannotDecryptError';
}

/** Of each attribute that is as long as the account's set-up makes it, so that together they fit into an answer. */
const ROOM = { trails: 900, keys: 500, prefixes: 400, sample: 400, clients: 200 } as const;

/**
 * Looks at the bucket that the user named, before anything is registered, and changes nothing: that it exists, where the user says;
 * who writes to it; what its files are encrypted with; who forwards from it already; that its events come here.
 */
export function cloudTrailBucket(
  clientsIn: (region: string) => CloudTrailBucketClients,
): CustomResourceDefinition<Properties> {
  const look = async (request: CreateRequest<Properties>, formerBucket: string): Promise<Outcome> => {
    const { properties, stackId, signal } = request;
    const context = bucketContext(properties.BucketName, stackId, properties);
    const { s3, kms, cloudFormation, eventBridge } = clientsIn(context.home.region);

    const trails = await trailsSeenFrom([context.region, context.home.region], clientsIn, context, signal);
    await assertBucketIsAtHome(s3, context, trails, signal);
    const notifications = await new NotificationEditor(s3, context, signal).read();
    const clients = await vendorClientsOf(cloudFormation, context, stackId, notifications, signal);
    judgeVendorClients(clients, properties);
    if (isElsewhere(context)) {
      assertEventsAreOn(context, notifications);
      await assertRelayed(eventBridge, context, signal);
    }
    tellTrails(trails, context);

    const prefixes = fitting(
      trails.map(({ keyPrefix }) => keyPrefix),
      ROOM.prefixes,
      'key prefixes',
    );
    const sample = await sampleOf(s3, context, prefixes, signal);
    const keys =
      properties.TrailKeyArn === undefined
        ? await keyArnsOf(
            kms,
            context,
            [await defaultKeyOf(s3, context, signal), sample?.keyArn, ...trails.map(({ keyArn }) => keyArn)],
            signal,
          )
        : [properties.TrailKeyArn];
    assertVendorClientCanRead(keys, properties);

    return {
      registration: { origin: 'adopted', id: context.bucket },
      attributes: {
        KeyArns: listed(keys, ROOM.keys, nothing(context, 'kms', 'key'), 'keys'),
        TrailArns: listed(
          trails.map(({ arn }) => arn),
          ROOM.trails,
          nothing(context, 'cloudtrail', 'trail'),
          'trails',
        ),
        TrailCount: String(trails.length),
        KeyPrefixes: JSON.stringify(prefixes),
        SampleKey: fitting([sample?.key ?? ''], ROOM.sample, 'sample')[0] ?? '',
        FormerBucketName: formerBucket,
        VendorClient: fitting(
          clients.map(({ stackName }) => stackName),
          ROOM.clients,
          'clients',
        ).join(','),
      },
    };
  };

  return {
    step: 'CloudTrail bucket',
    properties: cloudTrailBucketProperties,
    create: (request) => look(request, request.properties.BucketName),
    // The former bucket's notifications are taken back after this update, and the role that does it must still reach it.
    update: (request) => look(request, (request.oldProperties ?? request.properties).BucketName),
    // Nothing was made.
    delete: async () => {},
  };
}

/**
 * Two forwarders to the same destination would deliver every event twice. To another, both may be wanted.
 *
 * @throws VendorClientFoundError
 */
function judgeVendorClients(clients: readonly VendorClient[], { BucketName, Destination }: Properties): void {
  const [first] = clients;
  if (first === undefined) {
    return;
  }
  const { stackName, notificationIds } = first;
  const through =
    notificationIds.length === 0 ? '' : `, through its notifications ${notificationIds.join(', ')}`;
  if (Destination === 'VisionOne') {
    logger.warn("Trend Micro's own CloudTrail client forwards from this bucket too, to Cloud One", {
      clients,
    });
    return;
  }
  throw new VendorClientFoundError(
    `Trend Micro's own CloudTrail client is deployed for ${BucketName} already: stack ${stackName}${through}. Every event ` +
      `would arrive twice. Either delete the stack ${stackName}; or set ForwardingDestination to VisionOne; or keep the ` +
      'client, and do not deploy this stack for that bucket.',
  );
}

/**
 * The role of the vendor's client has no right to decrypt (its published template), and is not ours to change.
 *
 * @throws VendorClientCannotDecryptError
 */
function assertVendorClientCanRead(keys: readonly string[], { BucketName, Destination }: Properties): void {
  if (Destination === 'VendorClient' && keys.length > 0) {
    throw new VendorClientCannotDecryptError(
      `The files of ${BucketName} are encrypted with ${keys.join(', ')}, with which the vendor's client may not decrypt. ` +
        'Set ForwardingDestination to CloudOne or VisionOne, which can.',
    );
  }
}

/** A trail of one region that writes to a bucket in another is shown in its own only. */
async function trailsSeenFrom(
  regions: readonly string[],
  clientsIn: (region: string) => CloudTrailBucketClients,
  context: BucketContext,
  signal: AbortSignal,
): Promise<readonly BucketTrail[]> {
  const seen = new Map<string, BucketTrail>();
  for (const region of new Set(regions)) {
    for (const trail of await trailsWritingTo(clientsIn(region).cloudTrail, context, signal)) {
      seen.set(trail.arn, trail);
    }
  }
  return [...seen.values()];
}

function tellTrails(trails: readonly BucketTrail[], { bucket, accountId }: BucketContext): void {
  if (trails.length === 0) {
    logger.warn(
      'No trail that this account can see writes to the bucket. Trails of other accounts and organisations cannot be seen.',
      { bucket, accountId },
    );
  }
  logger.info('Trails of the bucket', { bucket, trails });
  for (const { arn } of trails.filter(({ validatesFiles }) => !validatesFiles)) {
    logger.warn('The trail writes no digest files: its log files cannot be proven complete', { trail: arn });
  }
}

async function sampleOf(
  s3: S3Client,
  context: BucketContext,
  prefixes: readonly string[],
  signal: AbortSignal,
) {
  try {
    const sample = await newestFile({ s3, bucket: context.bucket, signal }, prefixes);
    if (sample === undefined) {
      logger.warn('No CloudTrail file found yet: whether files can be read is not proven', {
        bucket: context.bucket,
      });
    }
    return sample;
  } catch (error) {
    throw await explainS3Error(s3, context, 's3:ListBucket, or s3:GetObject on its objects,', error);
  }
}

function nothing({ partition, region, accountId }: BucketContext, service: string, type: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${type}/${NO_SUCH_RESOURCE}`;
}

function listed(arns: readonly string[], room: number, ifNone: string, what: string): string {
  return fitting(arns, room, what).join(',') || ifNone;
}

/** As many as there is room for; CloudFormation drops a longer answer. What is left out is told. */
function fitting(values: readonly string[], room: number, what: string): readonly string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const value of new Set(values)) {
    bytes += Buffer.byteLength(JSON.stringify(value)) + 1;
    if (bytes <= room) {
      kept.push(value);
    } else {
      logger.warn(`Not all ${what} fit into the answer`, { leftOut: value });
    }
  }
  return kept;
}
