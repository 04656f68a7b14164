import type { S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { readStackArn } from '../../contract/stack-arn.ts';
import { bucketNotificationGuardProperties } from '../../contract/trail.ts';
import { vendorClientNamePrefix } from '../../contract/vendor-client.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { contentsOf } from './notification-document.ts';
import { NotificationEditor } from './notification-editor.ts';
import { type BucketContext, BucketError, bucketContext, isMissingBucket } from './s3-errors.ts';

type Properties = z.infer<typeof bucketNotificationGuardProperties>;

export interface BucketNotificationGuardDependencies {
  readonly s3: S3Client;
  /** @default READ_BACK_DELAYS_MS */
  readonly readBackDelaysMs?: readonly number[];
}

const SHOWN_CHARACTERS = 500;

/**
 * Stands before the vendor's client stack, and refuses a bucket whose notifications that client would overwrite:
 * its template lets it write the bucket's notification configuration and not read it, so that it cannot keep what
 * is there. (Source: the vendor's client template, published with its Terraform connectors: the role
 * `StackLifecycleEventLambdaRole` has `s3:PutBucketNotification` on the existing bucket, and nothing else.)
 *
 * It is deleted after the client is, and takes out the entries that the client has left behind.
 */
export function bucketNotificationGuard(
  dependencies: BucketNotificationGuardDependencies,
): CustomResourceDefinition<Properties> {
  const editorFor = (context: BucketContext, signal: AbortSignal) =>
    new NotificationEditor(dependencies.s3, context, signal, dependencies.readBackDelaysMs);

  const create = async ({ properties, stackId, signal }: CreateRequest<Properties>): Promise<Outcome> => {
    const bucket = properties.BucketName;
    const found = contentsOf(await editorFor(bucketContext(bucket, stackId), signal).read());
    if (found.length > 0) {
      throw new BucketError(
        `The vendor's client would overwrite what is in the notification configuration of ${bucket}: ` +
          `${found.join(', ').slice(0, SHOWN_CHARACTERS)}. It may write that configuration but not read it. Deploy with ` +
          'ForwardingDestination=CloudOne, which keeps all of it; or, if nobody needs them, remove these notifications first.',
      );
    }
    return outcomeFor(bucket);
  };

  return {
    step: 'Bucket notification guard',
    properties: bucketNotificationGuardProperties,
    create,
    // Another bucket replaces the registration, and is looked at first. In the same one the client is at home by now.
    update: async (request) =>
      request.registration.id === request.properties.BucketName
        ? outcomeFor(request.registration.id)
        : create(request),
    delete: async ({ registration, stackId, signal }) => {
      if (registration === undefined) {
        return;
      }
      const editor = editorFor(bucketContext(registration.id, stackId), signal);
      try {
        await removeLeftovers(editor, stackId);
      } catch (error) {
        if (error instanceof BucketError && isMissingBucket(error.cause)) {
          logger.info('The bucket is gone, and its notifications with it', { bucket: registration.id });
          return;
        }
        throw error;
      }
    },
  };
}

function outcomeFor(bucket: string): Outcome {
  return { registration: { origin: 'created', id: bucket }, attributes: { BucketName: bucket } };
}

/** The client's functions bear the nested stack's name; whatever else was added meanwhile stays. */
async function removeLeftovers(editor: NotificationEditor, stackId: string): Promise<void> {
  const { stackName, region, accountId } = readStackArn(stackId);
  const mark = `:lambda:${region}:${accountId}:function:${vendorClientNamePrefix(stackName)}`;
  const isClients = (functionArn: string) => functionArn.includes(mark);
  const document = await editor.read();
  const left = document.LambdaFunctionConfigurations?.filter(({ LambdaFunctionArn = '' }) =>
    isClients(LambdaFunctionArn),
  );
  if (left !== undefined && left.length > 0) {
    logger.info("Removing what the vendor's client left in the notification configuration", {
      entries: left.map(({ Id }) => Id),
    });
    await editor.removeFunctions(document, isClients);
  }
}
