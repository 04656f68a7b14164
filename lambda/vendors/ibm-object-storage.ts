/**
 * Reads a bucket of IBM Cloud Object Storage, through its S3 API with HMAC credentials.
 *
 * Source: IBM Cloud documentation, "Object Storage S3 API", "Using HMAC credentials", "Common headers and error codes".
 */
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { S3_READING_PATIENCE } from '../shared/aws-patience.ts';
import { printable } from '../shared/remote-words.ts';
import { isMissingBucket, wasRedirected } from '../shared/s3-failures.ts';
import { ibmObjectStorageUrl } from './endpoints.ts';

export interface IbmBucketAddress {
  readonly bucket: string;
  /** Location, such as `eu-de`. */
  readonly region: string;
}

export interface IbmObject {
  readonly key: string;
  readonly etag: string;
  /** Bytes as stored. */
  readonly size: number;
  /** When it was stored, in milliseconds since the epoch, by the storage's clock. */
  readonly storedAt: number;
}

export interface IbmPageRequest {
  readonly prefix: string;
  /** Only what comes behind this key, in the order of UTF-8. */
  readonly after?: string | undefined;
  /** Gather what is below the next `/` into folders. @default false */
  readonly byFolder?: boolean;
  /** @default 1000, the most there is */
  readonly limit?: number;
}

export interface IbmPage {
  readonly objects: readonly IbmObject[];
  /** Each with its `/`. */
  readonly folders: readonly string[];
  /** Whether there is more behind it. */
  readonly isLast: boolean;
}

export interface IbmContent {
  readonly etag: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A bucket, as far as a reader needs it. */
export interface IbmBucket {
  /** @throws IbmObjectStorageError */
  page(request: IbmPageRequest, signal: AbortSignal): Promise<IbmPage>;
  /**
   * @returns `undefined` where the object is gone.
   * @throws IbmObjectStorageError
   */
  read(key: string, signal: AbortSignal): Promise<IbmContent | undefined>;
}

/** IBM Cloud Object Storage does not answer, or says no. */
export class IbmObjectStorageError extends Error {
  override readonly name = 'IbmObjectStorageError';
  /** Whether it is known to be about one object, and not about the bucket or the storage. */
  readonly isOfObject: boolean;

  constructor(
    message: string,
    { isOfObject = false, ...options }: ErrorOptions & { isOfObject?: boolean } = {},
  ) {
    super(message, options);
    this.isOfObject = isOfObject;
  }
}

/** What was given as HMAC credentials cannot be such. The value is never shown. */
export class MalformedHmacCredentialsError extends Error {
  override readonly name = 'MalformedHmacCredentialsError';

  constructor() {
    super(
      'The HMAC credentials of IBM Cloud Object Storage do not look like such. They must be the access key id, a colon and ' +
        'the secret access key, without quotes, spaces or line breaks.',
    );
  }
}

const HMAC = /^(?<accessKeyId>[!-9;-~]+):(?<secretAccessKey>[!-~]+)$/;

/**
 * @param credentials `<access key id>:<secret access key>`
 * @throws MalformedHmacCredentialsError
 * @throws UntrustedUrlError where the location cannot be one.
 */
export function ibmBucket(address: IbmBucketAddress, credentials: string): IbmBucket {
  const { accessKeyId, secretAccessKey } = HMAC.exec(credentials.trim())?.groups ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new MalformedHmacCredentialsError();
  }
  const s3 = new S3Client({
    ...S3_READING_PATIENCE,
    // Given here, and so stronger than AWS_ENDPOINT_URL, which is about AWS.
    endpoint: ibmObjectStorageUrl(address.region).href,
    region: address.region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    // Newer checksums are AWS's own.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return {
    page: (request, signal) => explained(address, 'listed', signal, () => page(s3, address, request, signal)),
    read: (key, signal) => explained(address, 'read', signal, () => read(s3, address, key, signal)),
  };
}

async function page(
  s3: S3Client,
  { bucket }: IbmBucketAddress,
  { prefix, after, byFolder = false, limit }: IbmPageRequest,
  signal: AbortSignal,
): Promise<IbmPage> {
  const listing = await s3.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      StartAfter: after,
      Delimiter: byFolder ? '/' : undefined,
      MaxKeys: limit,
    }),
    { abortSignal: signal },
  );
  if (!isListing(listing)) {
    throw new NotAListingError();
  }
  const { Contents, CommonPrefixes, IsTruncated } = listing;
  return {
    objects: (Contents ?? []).flatMap(({ Key, ETag = '', Size = 0, LastModified }) =>
      Key === undefined ? [] : [{ key: Key, etag: ETag, size: Size, storedAt: LastModified?.getTime() ?? 0 }],
    ),
    folders: (CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
    isLast: IsTruncated !== true,
  };
}

/** Of any other page, the client of S3 makes an empty listing: of a proxy's HTML, say. */
function isListing({ Name, KeyCount, MaxKeys, IsTruncated }: ListObjectsV2CommandOutput): boolean {
  return [Name, KeyCount, MaxKeys, IsTruncated].some((field) => field !== undefined);
}

/** An answer that has nothing of a listing. */
class NotAListingError extends Error {
  override readonly name = 'NotAListing';

  constructor() {
    super('the answer is something other than a listing');
  }
}

async function read(
  s3: S3Client,
  { bucket }: IbmBucketAddress,
  key: string,
  signal: AbortSignal,
): Promise<IbmContent | undefined> {
  try {
    const { ETag = '', Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
      abortSignal: signal,
    });
    return { etag: ETag, body: (Body ?? []) as AsyncIterable<Uint8Array> };
  } catch (error) {
    // Listed, and deleted since, by a life cycle rule perhaps: there is nothing to read any more.
    if ((error as Error).name === 'NoSuchKey') {
      return undefined;
    }
    throw error;
  }
}

async function explained<T>(
  { bucket, region }: IbmBucketAddress,
  deed: string,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode;
    const words = printable(`${status === undefined ? '' : `it answered ${status} `}${name}: ${message}`);
    throw new IbmObjectStorageError(
      `The bucket ${bucket} of IBM Cloud Object Storage in ${region} cannot be ${deed} (${words}). ${cureOf(error, signal)}`,
      { cause: error, isOfObject: name === ARCHIVED },
    );
  }
}

/** The code for an object that a life cycle rule has archived, and that is not restored. */
const ARCHIVED = 'InvalidObjectState';

/** What each refusal asks for, by its error code. */
const CURES: Readonly<Record<string, string>> = {
  InvalidAccessKeyId:
    'There is no such access key id: give the HMAC credentials of a service credential that still exists.',
  SignatureDoesNotMatch:
    'The secret access key is not that of the access key id: give both as IBM Cloud shows them.',
  [ARCHIVED]:
    'A life cycle rule has archived it: restore it, and the next sweep of the bucket reads it. Meanwhile the others are collected.',
  AccessDenied:
    'The service credential needs the role Reader, or Content Reader and Object Lister, on the bucket.',
  NotAListing: 'If a proxy stands between, let the function reach IBM Cloud directly.',
};
/** By the code of a connection that does not come about (Node.js). */
const UNKNOWN_HOST = 'ENOTFOUND';

function cureOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) {
    return 'The function ran out of time; the next run goes on, and a deployment can be tried again.';
  }
  if (isMissingBucket(error) || wasRedirected(error)) {
    return "There is none of this name, or it is elsewhere: check the bucket's name and its location.";
  }
  if ((error as NodeJS.ErrnoException).code === UNKNOWN_HOST) {
    return 'IBM Cloud has no endpoint of this name: check the location, or that the function can reach the internet.';
  }
  return (
    CURES[(error as Error).name] ??
    'This passes by itself as a rule: the next run tries again; after a deployment try again in some minutes.'
  );
}
