/** A bucket as far as these tests need one, behind the real S3 client; anything unexpected is refused. */
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketNotificationConfigurationCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

export interface FakeVersion {
  readonly key: string;
  readonly versionId?: string;
  readonly storedAt?: Date;
  readonly deleteMarker?: boolean;
}

export interface FakeBucket {
  readonly mock: ReturnType<typeof newMock>;
  exists: boolean;
  versions: FakeVersion[];
  uploads: string[];
  notifications: NotificationConfiguration;
  /** The last policy that was put. */
  policy: string | undefined;
  /** Keys that S3 refuses to delete. */
  locked: string[];
  /** Called after each emptying, before the bucket is deleted. */
  whenEmptied: () => void;
  /** Entries of one page of a listing. */
  pageSize: number;
}

/** An error as the S3 client throws it. */
export function s3Error(name: string, status: number, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`${name} says S3.`), {
    name,
    $metadata: { httpStatusCode: status },
    $response: { headers },
  });
}

export function fakeBucket(versions: readonly FakeVersion[] = []): FakeBucket {
  const mock = newMock();
  const bucket: FakeBucket = {
    mock,
    exists: true,
    versions: [...versions],
    uploads: [],
    notifications: {},
    policy: undefined,
    locked: [],
    whenEmptied: () => {},
    pageSize: 1000,
  };
  const existing = () => {
    if (!bucket.exists) {
      throw s3Error('NoSuchBucket', 404);
    }
  };
  mock.reset();
  mock.onAnyCommand().callsFake((input) => {
    throw new Error(`A call that no test expects: ${JSON.stringify(input)}`);
  });

  mock.on(GetBucketNotificationConfigurationCommand).callsFake(() => {
    existing();
    return { ...structuredClone(bucket.notifications), $metadata: {} };
  });
  mock.on(PutBucketNotificationConfigurationCommand).callsFake(({ NotificationConfiguration }) => {
    existing();
    bucket.notifications = structuredClone(NotificationConfiguration);
    return {};
  });

  mock.on(ListObjectVersionsCommand).callsFake(({ Prefix = '', KeyMarker, VersionIdMarker, MaxKeys }) => {
    existing();
    const matching = bucket.versions
      .filter(({ key }) => key.startsWith(Prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const first = firstAfter(matching, KeyMarker, VersionIdMarker);
    const page = matching.slice(first, first + Math.min(bucket.pageSize, MaxKeys ?? bucket.pageSize));
    const end = page.at(-1);
    const shown = page.map(({ key, versionId = 'null', storedAt = new Date(0), deleteMarker = false }) => ({
      deleteMarker,
      entry: {
        Key: key,
        VersionId: versionId,
        LastModified: storedAt,
        ETag: `"etag-${key.length}"`,
        Size: 7,
      },
    }));
    return {
      Versions: shown.filter(({ deleteMarker }) => !deleteMarker).map(({ entry }) => entry),
      DeleteMarkers: shown.filter(({ deleteMarker }) => deleteMarker).map(({ entry }) => entry),
      IsTruncated: first + page.length < matching.length,
      NextKeyMarker: end?.key,
      NextVersionIdMarker: end?.versionId ?? 'null',
    };
  });
  mock
    .on(ListObjectsV2Command)
    .callsFake(({ Prefix = '', Delimiter, StartAfter = '', ContinuationToken }) => {
      existing();
      const matching = bucket.versions.filter(({ key }) => key.startsWith(Prefix) && key > StartAfter);
      const isBelow = (key: string) =>
        Delimiter !== undefined && key.slice(Prefix.length).includes(Delimiter);
      const folders = matching
        .filter(({ key }) => isBelow(key))
        .map(({ key }) => key.slice(0, key.indexOf(Delimiter, Prefix.length) + 1));
      const files = matching.filter(({ key }) => !isBelow(key)).map(({ key }) => key);
      const all = [...new Set([...folders, ...files])].sort();
      const start = Number(ContinuationToken ?? 0);
      const page = all.slice(start, start + bucket.pageSize);
      const more = start + page.length < all.length;
      const storedAt = (name: string) => matching.find(({ key }) => key === name)?.storedAt ?? new Date(0);
      return {
        CommonPrefixes: page.filter(isBelow).map((folder) => ({ Prefix: folder })),
        Contents: page
          .filter((name) => !isBelow(name))
          .map((name) => ({ Key: name, LastModified: storedAt(name) })),
        ...(more ? { NextContinuationToken: String(start + page.length) } : {}),
      };
    });

  mock.on(DeleteObjectsCommand).callsFake(({ Delete }) => {
    existing();
    const asked: { Key: string; VersionId: string }[] = Delete.Objects;
    const refused = asked.filter(({ Key }) => bucket.locked.includes(Key));
    bucket.versions = bucket.versions.filter(
      ({ key, versionId = 'null' }) =>
        bucket.locked.includes(key) ||
        !asked.some(({ Key, VersionId }) => Key === key && VersionId === versionId),
    );
    return { Errors: refused.map(({ Key }) => ({ Key, Code: 'AccessDenied', Message: 'locked' })) };
  });
  mock.on(PutBucketPolicyCommand).callsFake(({ Policy }) => {
    existing();
    bucket.policy = Policy;
    return {};
  });
  mock.on(ListMultipartUploadsCommand).callsFake(() => {
    existing();
    return { Uploads: bucket.uploads.map((upload) => ({ Key: `key-of-${upload}`, UploadId: upload })) };
  });
  mock.on(AbortMultipartUploadCommand).callsFake(({ UploadId }) => {
    bucket.uploads = bucket.uploads.filter((upload) => upload !== UploadId);
    return {};
  });
  mock.on(DeleteBucketCommand).callsFake(() => {
    existing();
    bucket.whenEmptied();
    if (bucket.versions.length > 0) {
      throw s3Error('BucketNotEmpty', 409);
    }
    bucket.exists = false;
    return {};
  });
  return bucket;
}

/** S3 goes on after a version, or, where none is named, after the key. */
function firstAfter(
  sorted: readonly FakeVersion[],
  key: string | undefined,
  version: string | undefined,
): number {
  if (key === undefined) {
    return 0;
  }
  const at = sorted.findIndex((each) => each.key === key && (each.versionId ?? 'null') === version);
  const next = sorted.findIndex((each) => each.key > key);
  return at !== -1 ? at + 1 : next === -1 ? sorted.length : next;
}

function newMock() {
  return mockClient(S3Client);
}
