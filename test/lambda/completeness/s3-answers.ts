/** S3's side of the stand-in. */
import type { IncomingMessage } from 'node:http';
import type { Answer, AwsStandIn } from './aws-stand-in.ts';
import type { StoredKey, StoredVersion } from './world.ts';

interface ListedVersion {
  readonly object: StoredKey;
  readonly version: StoredVersion;
}

export function answerOfS3(
  request: IncomingMessage,
  { world, pageSize }: AwsStandIn,
): { readonly call: string; readonly answer: () => Answer } {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
  const [, bucket = '', ...rest] = decodeURIComponent(pathname).split('/');
  const key = rest.join('/');
  const objects = world.objects.filter((object) => object.bucket === bucket);
  if (searchParams.get('list-type') === '2') {
    return {
      call: `ListObjectsV2 ${bucket}`,
      answer: () => ({ status: 200, body: keysOf(objects, searchParams, pageSize) }),
    };
  }
  if (searchParams.has('versions')) {
    return {
      call: `ListObjectVersions ${bucket}`,
      answer: () => ({ status: 200, body: versionsOf(objects, searchParams, pageSize) }),
    };
  }
  return {
    call: `GetObject ${bucket}/${key}`,
    answer: () =>
      objectOf(
        objects.find((object) => object.key === key),
        searchParams.get('versionId'),
        request.headers['if-match'],
      ),
  };
}

function keysOf(objects: readonly StoredKey[], query: URLSearchParams, pageSize: number): string {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const isBelow = (key: string) => delimiter !== '' && key.slice(prefix.length).includes(delimiter);
  const names = objects
    .filter(({ key, deleted, versions }) => key.startsWith(prefix) && !deleted && versions.length > 0)
    .map(({ key }) => (isBelow(key) ? key.slice(0, key.indexOf(delimiter, prefix.length) + 1) : key))
    .filter((name) => name > after);
  const all = [...new Set(names)];
  const page = all.slice(0, pageSize);
  const entries = page.map((name) =>
    isBelow(name) || (delimiter !== '' && name.endsWith(delimiter))
      ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${name}</Key></Contents>`,
  );
  const next =
    all.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return `<ListBucketResult>${entries.join('')}${next}</ListBucketResult>`;
}

/** Newest first, as S3 lists them. What is not versioned has the version "null". */
function versionsOf(objects: readonly StoredKey[], query: URLSearchParams, pageSize: number): string {
  const [prefix, keyMarker] = [query.get('prefix') ?? '', query.get('key-marker') ?? ''];
  const versionMarker = query.get('version-id-marker');
  const all: readonly ListedVersion[] = objects
    .filter(({ key }) => key.startsWith(prefix))
    .flatMap((object) => object.versions.toReversed().map((version) => ({ object, version })));
  const marked = all.findIndex(
    ({ object, version }) => object.key === keyMarker && version.versionId === versionMarker,
  );
  const rest = marked >= 0 ? all.slice(marked + 1) : all.filter(({ object }) => object.key > keyMarker);
  const page = rest.slice(0, pageSize);
  const last = page.at(-1);
  const next =
    rest.length > page.length && last !== undefined
      ? `<IsTruncated>true</IsTruncated><NextKeyMarker>${last.object.key}</NextKeyMarker>` +
        `<NextVersionIdMarker>${last.version.versionId ?? 'null'}</NextVersionIdMarker>`
      : '<IsTruncated>false</IsTruncated>';
  return `<ListVersionsResult>${page.map(versionElement).join('')}${next}</ListVersionsResult>`;
}

function versionElement({ object, version }: ListedVersion): string {
  const isLatest = !object.deleted && object.versions.at(-1) === version;
  return (
    `<Version><Key>${object.key}</Key><VersionId>${version.versionId ?? 'null'}</VersionId><IsLatest>${isLatest}</IsLatest>` +
    `<LastModified>${version.storedAt.toISOString()}</LastModified><ETag>&quot;${version.etag}&quot;</ETag>` +
    `<Size>${version.body.length}</Size></Version>`
  );
}

function objectOf(
  object: StoredKey | undefined,
  versionId: string | null,
  ifMatch: string | undefined,
): Answer {
  const found =
    versionId === null
      ? object?.deleted === false
        ? object.versions.at(-1)
        : undefined
      : object?.versions.find((version) => version.versionId === versionId);
  if (found === undefined) {
    return { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
  }
  if (ifMatch !== undefined && ifMatch !== `"${found.etag}"`) {
    return { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' };
  }
  const metadata = Object.entries(found.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return { status: 200, body: found.body, headers: Object.fromEntries(metadata) };
}
