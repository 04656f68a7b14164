import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { type FunctionCodeProperties, functionCodeProperties } from '../../contract/publishing.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../shared/custom-resource.ts';
import { logger } from '../shared/logger.ts';
import { readArchive, type Source } from './published-archive.ts';
import { StagingBucket } from './staging-bucket.ts';

export interface FunctionCodeDependencies {
  /** In the stack's region. */
  readonly s3: S3Client;
  /** In the region of the published bucket. */
  readonly s3In: (region: string) => S3Client;
  /** Milliseconds; see `withIamPatience`. */
  readonly baseDelayMs?: number;
}

/** Archives that are copied at a time: they are small, and so is the function's memory. */
const COPIED_AT_A_TIME = 4;

/**
 * Brings the functions' code from a published bucket, in whatever region, into the stack's own staging
 * bucket: Lambda takes code from its own region only.
 *
 * Its registration id tells the version of the whole code. So an update to other code is a replacement:
 * CloudFormation has the new archives copied first, then changes the functions, and asks for the deletion of
 * the former version only when all of that has succeeded; or of the new one, when it was rolled back. Every
 * deletion keeps what the version in use needs, for versions share archives. That of the version in use itself
 * comes when the stack goes, and leaves nothing.
 */
export function functionCode(
  dependencies: FunctionCodeDependencies,
): CustomResourceDefinition<FunctionCodeProperties> {
  const { s3, baseDelayMs } = dependencies;
  const stagingOf = ({ properties: { StagingBucket: bucket }, stackId }: Request, signal: AbortSignal) =>
    new StagingBucket({ s3, bucket, accountId: stackId.split(':')[4] ?? '', signal, baseDelayMs });

  return {
    step: 'Function code',
    properties: functionCodeProperties,
    create: async (request) => {
      request.undoOnFailure({ run: (signal) => stagingOf(request, signal).keepOnly([]) });
      return copy(dependencies, request, stagingOf(request, request.signal));
    },
    update: async (request) => {
      request.undoOnFailure({ run: (signal) => keepInUse(stagingOf(request, signal)) });
      return copy(dependencies, request, stagingOf(request, request.signal));
    },
    delete: async ({ registration, properties, stackId, signal }) => {
      if (properties === undefined) {
        // They were what the creation failed for: it copied nothing.
        return;
      }
      const staging = stagingOf({ properties, stackId }, signal);
      const inUse = await staging.readInUse();
      const isReplaced =
        registration !== undefined && inUse !== undefined && inUse.version !== registration.id;
      await staging.keepOnly(isReplaced ? inUse.archives : []);
    },
  };
}

type Request = Pick<CreateRequest<FunctionCodeProperties>, 'properties' | 'stackId'>;

async function keepInUse(staging: StagingBucket): Promise<void> {
  const inUse = await staging.readInUse();
  await staging.keepOnly(inUse?.archives ?? []);
}

async function copy(
  { s3In, baseDelayMs }: FunctionCodeDependencies,
  { properties, signal }: CreateRequest<FunctionCodeProperties>,
  staging: StagingBucket,
): Promise<Outcome> {
  const { Archives, SourceBucket: bucket, SourcePrefix: prefix, SourceRegion: region } = properties;
  const source: Source = { s3: s3In(region), bucket, prefix, region, signal, baseDelayMs };
  const there = new Set(await staging.archives());
  // What is there was verified when it was put there: a roll-back does not depend on the published bucket.
  const missing = [...new Set(Archives)].filter((sha256) => !there.has(sha256));
  await forEach(missing, async (sha256) => {
    await staging.putArchive(sha256, await readArchive(source, sha256));
  });
  const version = versionOf(Archives);
  await staging.writeInUse({ version, archives: Archives });
  logger.info('Function code copied', {
    bucket,
    prefix,
    region,
    archives: Archives.length,
    copied: missing.length,
  });
  return {
    registration: { origin: 'created', id: version },
    attributes: { Bucket: properties.StagingBucket },
  };
}

/**
 * Works on some items at a time. After a failure none is begun, and those under way are waited for: what is
 * undone then must not go on.
 */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const workNext = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: COPIED_AT_A_TIME }, workNext));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    throw failure.reason;
  }
}

/** Stands for a set of archives, in any order. */
function versionOf(archives: readonly string[]): string {
  return createHash('sha256').update(archives.toSorted().join(' ')).digest('hex').slice(0, 32);
}
