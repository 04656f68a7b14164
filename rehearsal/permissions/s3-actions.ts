/**
 * S3's calls. Its REST protocol names no operation: method, bucket or object, and sub-resource do.
 *
 * From https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
import { isIP } from 'node:net';
import type { RecordedCall } from './call-log.ts';
import { type PermissionRequest, UnknownCallError } from './permission-request.ts';

interface S3Rule {
  readonly operation: string;
  /** Without the prefix. With a version id, an object's action is its `…Version` one where there is one. */
  readonly action: string;
  readonly versioned?: boolean;
  /** Server-side encryption is of an object's data, not of its metadata: no key is used. */
  readonly metadataOnly?: boolean;
}

/** By method, target, and the query's sub-resources in alphabetical order. */
const rules: Readonly<Record<string, S3Rule>> = {
  'GET service': { operation: 'ListBuckets', action: 'ListAllMyBuckets' },
  'HEAD bucket': { operation: 'HeadBucket', action: 'ListBucket' },
  'GET bucket': { operation: 'ListObjects', action: 'ListBucket' },
  'GET bucket?list-type': { operation: 'ListObjectsV2', action: 'ListBucket' },
  'GET bucket?versions': { operation: 'ListObjectVersions', action: 'ListBucketVersions' },
  'GET bucket?uploads': { operation: 'ListMultipartUploads', action: 'ListBucketMultipartUploads' },
  'GET bucket?location': { operation: 'GetBucketLocation', action: 'GetBucketLocation' },
  'GET bucket?versioning': { operation: 'GetBucketVersioning', action: 'GetBucketVersioning' },
  'GET bucket?encryption': { operation: 'GetBucketEncryption', action: 'GetEncryptionConfiguration' },
  'GET bucket?policy': { operation: 'GetBucketPolicy', action: 'GetBucketPolicy' },
  'PUT bucket?policy': { operation: 'PutBucketPolicy', action: 'PutBucketPolicy' },
  'GET bucket?notification': {
    operation: 'GetBucketNotificationConfiguration',
    action: 'GetBucketNotification',
  },
  'PUT bucket?notification': {
    operation: 'PutBucketNotificationConfiguration',
    action: 'PutBucketNotification',
  },
  'DELETE bucket': { operation: 'DeleteBucket', action: 'DeleteBucket' },
  'POST bucket?delete': { operation: 'DeleteObjects', action: 'DeleteObject', versioned: true },
  'GET object': { operation: 'GetObject', action: 'GetObject', versioned: true },
  'HEAD object': { operation: 'HeadObject', action: 'GetObject', versioned: true, metadataOnly: true },
  'PUT object': { operation: 'PutObject', action: 'PutObject' },
  'DELETE object': { operation: 'DeleteObject', action: 'DeleteObject', versioned: true },
  'DELETE object?uploadId': { operation: 'AbortMultipartUpload', action: 'AbortMultipartUpload' },
  'GET object?uploadId': { operation: 'ListParts', action: 'ListMultipartUploadParts' },
  'POST object?uploads': { operation: 'CreateMultipartUpload', action: 'PutObject' },
  'PUT object?uploadId': { operation: 'UploadPart', action: 'PutObject' },
  'POST object?uploadId': { operation: 'CompleteMultipartUpload', action: 'PutObject' },
};

/** Parameters that choose no other operation. */
const plainParameters =
  /^(?:x-id|bucket-region|max-buckets|versionId|partNumber|prefix|delimiter|max-keys|max-uploads|marker|key-marker|version-id-marker|upload-id-marker|continuation-token|start-after|fetch-owner|encoding-type|response-.*)$/;

/** Condition keys that a listing's parameters fill. */
const listingContext = { prefix: 's3:prefix', delimiter: 's3:delimiter', 'max-keys': 's3:max-keys' } as const;

export interface S3Call {
  readonly operation: string;
  /** @throws UnknownCallError when read, where the table does not have the operation */
  readonly requests: readonly PermissionRequest[];
}

export function s3Call(call: RecordedCall, partition: string): S3Call {
  const { bucket, key, query } = targetOf(call);
  const subResources = [...query.keys()].filter((name) => !plainParameters.test(name)).sort();
  const target = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const shape = `${call.method} ${target}${subResources.length > 0 ? `?${subResources.join('&')}` : ''}`;
  // A copy reads another object; which one, and with whose key, the table does not say.
  const rule = call.headers['x-amz-copy-source'] === undefined ? rules[shape] : undefined;
  return {
    operation: rule?.operation ?? shape,
    get requests() {
      if (rule === undefined) {
        throw new UnknownCallError('rehearsal/permissions/s3-actions.ts does not have this operation');
      }
      return requestsOf(rule, call, `arn:${partition}:s3:::${bucket}`, { key, query });
    },
  };
}

function requestsOf(
  rule: S3Rule,
  call: RecordedCall,
  bucketArn: string,
  { key, query }: { readonly key: string; readonly query: URLSearchParams },
): PermissionRequest[] {
  const { region } = call;
  if (rule.operation === 'DeleteObjects') {
    return (call.objects ?? []).map((object) =>
      objectRequest(rule, region, `${bucketArn}/${object.key}`, object.versionId),
    );
  }
  if (key !== '') {
    const resource = `${bucketArn}/${key}`;
    const own = objectRequest(rule, region, resource, query.get('versionId') ?? undefined);
    const besides = [
      ...(call.headers['x-amz-acl'] === undefined ? [] : ['s3:PutObjectAcl']),
      ...(call.headers['x-amz-tagging'] === undefined ? [] : ['s3:PutObjectTagging']),
    ];
    return [own, ...besides.map((action) => ({ action, resource, region, context: {} }))];
  }
  const context = Object.fromEntries(
    Object.entries(listingContext).flatMap(([parameter, conditionKey]) => {
      const value = query.get(parameter);
      return value === null ? [] : [[conditionKey, value]];
    }),
  );
  // What is about no bucket takes no resource.
  const resource = rule.operation === 'ListBuckets' ? '*' : bucketArn;
  return [{ action: `s3:${rule.action}`, resource, region, context }];
}

function objectRequest(
  rule: S3Rule,
  region: string,
  resource: string,
  versionId: string | undefined,
): PermissionRequest {
  const { metadataOnly } = rule;
  if (!rule.versioned || versionId === undefined) {
    return { action: `s3:${rule.action}`, resource, region, context: {}, metadataOnly };
  }
  const context = { 's3:VersionId': versionId };
  return { action: `s3:${rule.action}Version`, resource, region, context, metadataOnly };
}

function targetOf(call: RecordedCall): { bucket: string; key: string; query: URLSearchParams } {
  const [path = '', search = ''] = call.path.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const hosted = bucketOfHost(call.host);
  const [bucket = '', ...key] = hosted === undefined ? path.slice(1).split('/') : [hosted, path.slice(1)];
  return { bucket, key: decodeURIComponent(key.join('/')), query };
}

/** The bucket in a virtual-hosted address; undefined where the path begins with it, as with an endpoint by number. */
function bucketOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '');
  if (isIP(name) !== 0) return undefined;
  return /^(.+)\.(?:s3[.-].*|localhost(?:\.localstack\.cloud)?)$/.exec(name)?.[1];
}
