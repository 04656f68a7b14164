import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type * as z from 'zod';
import { NO_SUCH_RESOURCE, trailSampleProperties } from '../../contract/trail.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { type TrailStatus, trailStatus, trailsIn } from '../shared/trail-status.ts';
import { cureOfDenial, resourcePolicyStatement } from './policy-advice.ts';
import { refusalOf } from './refusals.ts';
import {
  type BucketContext,
  BucketError,
  bucketArn,
  bucketContext,
  explainS3Error,
  isDenied,
} from './s3-errors.ts';

type Properties = z.infer<typeof trailSampleProperties>;

export interface TrailSampleDependencies {
  readonly s3In: (region: string) => S3Client;
  readonly cloudTrail: CloudTrailClient;
}

/** S3 answers for KMS with an error of its own; KMS's part is known by these words, or by the code's beginning. */
const FROM_KMS = /kms:Decrypt|ciphertext|\bKMS\b/i;
/** Gone since it was listed, empty, or in an archive: that says nothing about the files to come. */
const NO_ANSWER = ['NoSuchKey', 'InvalidRange', 'InvalidObjectState'];

/**
 * Proves that the stack can read what CloudTrail writes, with the permissions that the forwarder will have: opens one
 * file, and asks whether the trails are logging at all. It is a resource of its own because its role is for the keys
 * and trails that the look at the bucket has found.
 */
export function trailSample({
  s3In,
  cloudTrail,
}: TrailSampleDependencies): CustomResourceDefinition<Properties> {
  const prove = async ({ properties, stackId, signal }: CreateRequest<Properties>): Promise<Outcome> => {
    const context = bucketContext(properties.BucketName, stackId, properties);
    const { SampleKey } = properties;
    if (SampleKey !== undefined) {
      await readBeginning(s3In(context.home.region), context, SampleKey, signal);
    }
    const arns = trailsIn(properties.TrailArns, NO_SUCH_RESOURCE);
    const logging = await loggingTrails(cloudTrail, context, arns, signal);
    return {
      registration: { origin: 'adopted', id: context.bucket },
      attributes: {
        Sample: SampleKey === undefined ? 'none' : 'read',
        Logging: `${logging} of ${arns.length}`,
        CloudOneRegion: properties.CloudOneRegion,
      },
    };
  };
  return {
    step: 'CloudTrail files',
    properties: trailSampleProperties,
    create: prove,
    update: prove,
    // Nothing was made.
    delete: async () => {},
  };
}

/** The first bytes prove as much as all: S3 decrypts before it gives any. */
async function readBeginning(
  s3: S3Client,
  context: BucketContext,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: context.bucket, Key: key, Range: 'bytes=0-0' }),
      { abortSignal: signal },
    );
    await Body?.transformToByteArray();
  } catch (error) {
    const { name } = error as Error;
    if (NO_ANSWER.includes(name)) {
      logger.warn('The sample proves nothing: whether files can be read is not known', { key, answer: name });
      return;
    }
    throw await unreadable(s3, context, key, error);
  }
}

async function unreadable(
  s3: S3Client,
  context: BucketContext,
  key: string,
  error: unknown,
): Promise<unknown> {
  const { name, message } = error as Error;
  if (/^KMS\.(Disabled|KMSInvalidState|NotFound)/.test(name)) {
    return new BucketError(
      `The CloudTrail file ${key} cannot be decrypted: ${message} Enable its key, or cancel the key's deletion.`,
      { cause: error },
    );
  }
  if (FROM_KMS.test(message) || name.startsWith('KMS.')) {
    const cure = cureOfDenial(context, message, {
      policy: "the key's policy",
      statement: resourcePolicyStatement(context, 'kms:Decrypt', '*', {
        'kms:ViaService': `s3.${context.home.region}.amazonaws.com`,
      }),
    });
    // AWS's words last: a long answer is cut at its end.
    return new BucketError(
      `A CloudTrail file cannot be decrypted. ${cure} If the files have another key than the bucket and its trails say, ` +
        `give its ARN as TrailKeyArn. (${message} The file is ${key}.)`,
      { cause: error },
    );
  }
  if (isDenied(error)) {
    const cure = cureOfDenial(context, message, {
      policy: "the bucket's policy",
      statement: resourcePolicyStatement(context, 's3:GetObject', `${bucketArn(context)}/*`),
    });
    return new BucketError(
      `S3 refused s3:GetObject on a CloudTrail file. ${cure} (${message} The file is ${key}.)`,
      {
        cause: error,
      },
    );
  }
  return explainS3Error(s3, context, 's3:GetObject', error);
}

const WARNINGS = {
  'not logging': 'The trail is not logging: switch it on',
  gone: 'The trail is gone since it was listed',
  'not told': "Whether the organisation's trail is logging is not told to this account",
} as const;

/** @returns how many of the trails are logging; the log names those that are not. */
async function loggingTrails(
  cloudTrail: CloudTrailClient,
  context: BucketContext,
  arns: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  let logging = 0;
  for (const arn of arns) {
    const { state, deliveryError } = await statusOf(cloudTrail, context, arn, signal);
    if (state === 'logging') {
      logging += 1;
    } else {
      logger.warn(WARNINGS[state], { trail: arn });
    }
    if (deliveryError !== undefined) {
      logger.warn('The trail cannot deliver', { trail: arn, error: deliveryError });
    }
  }
  return logging;
}

async function statusOf(
  cloudTrail: CloudTrailClient,
  context: BucketContext,
  arn: string,
  signal: AbortSignal,
): Promise<TrailStatus> {
  try {
    return await trailStatus(cloudTrail, arn, context.accountId, signal);
  } catch (error) {
    throw refusalOf(context, 'cloudtrail:GetTrailStatus', error, arn);
  }
}
