/** CloudTrail's digests of the input: a chain of two for each account and region. */
import { gunzipSync } from 'node:zlib';
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';
import type { Corpus } from './corpus.ts';
import { type DigestObject, DigestWriter, type LogFileToList, signingKey } from './digests.ts';

/** As `ListPublicKeys` answers. */
export interface ListedPublicKey {
  readonly Value: string;
  readonly ValidityStartTime: number;
  readonly ValidityEndTime: number;
  readonly Fingerprint: string;
}

export interface DeliveredDigests {
  readonly digests: readonly DigestObject[];
  readonly publicKeys: readonly ListedPublicKey[];
  /** What the digests cover, ISO 8601. */
  readonly span: { readonly from: string; readonly to: string };
  /** Files that they list. */
  readonly files: number;
  /** Key of one of them. */
  readonly firstFile: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Inputs may have their regions made unrecognisable: CloudTrail has no keys there. */
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * @param corpus what was forwarded. Poisonous files are not listed: they can never be.
 * @param end of what the digests cover, which is the two hours before; in whole seconds.
 */
export function digestsOf(corpus: Corpus, bucket: string, end: Date): DeliveredDigests {
  const start = new Date(end.getTime() - 2 * HOUR_MS);
  const key = signingKey({
    from: new Date(start.getTime() - DAY_MS),
    until: new Date(end.getTime() + DAY_MS),
  });
  const folders = Map.groupBy(listedFiles(corpus, bucket), ({ folder }) => folder);
  const digests = [...folders].flatMap(([, files]) => {
    const [{ place } = { place: undefined }] = files;
    if (place === undefined) {
      return [];
    }
    const { prefix, organizationId, accountId, region } = place;
    const writer = new DigestWriter(
      { bucket, prefix, organizationId, accountId, region, trailName: 'rehearsal', homeRegion: 'us-east-1' },
      key,
      start,
    );
    return [writer.next(files.map(({ file }) => file)), writer.next([])];
  });
  const files = [...folders.values()].flat();
  return {
    digests,
    publicKeys: [
      {
        Value: key.value.toString('base64'),
        ValidityStartTime: key.validFrom.getTime() / 1000,
        ValidityEndTime: key.validUntil.getTime() / 1000,
        Fingerprint: key.fingerprint,
      },
    ],
    span: { from: start.toISOString(), to: end.toISOString() },
    files: files.length,
    firstFile: files[0]?.file.key ?? '',
  };
}

function listedFiles({ files, fileHashes }: Corpus, bucket: string) {
  return files
    .filter(({ key }) => fileHashes.has(key))
    .flatMap(({ key, body }) => {
      const place = parseCloudTrailKey(key);
      if (place === undefined || !REGION.test(place.region)) {
        return [];
      }
      const { prefix, organizationId = '', accountId, region } = place;
      const folder = [prefix, organizationId, accountId, region].join('/');
      const file: LogFileToList = { bucket, key, content: gunzipSync(body) };
      return [{ folder, place, file }];
    });
}
