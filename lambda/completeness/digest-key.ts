/**
 * The keys of digest files.
 *
 * Source: AWS CloudTrail User Guide, "CloudTrail digest file structure":
 *
 *     […]/CloudTrail-Digest/region/yyyy/mm/dd/account_CloudTrail-Digest_region_trail-name_home-region_yyyymmddThhmmssZ[_backfill].json.gz
 *
 * The time is the end of what the digest covers. A backfill digest lists log files that processing delays kept out of
 * the digest of their hour.
 */
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';
import type { DigestSeries } from '../../contract/completeness.ts';

export interface DigestKey extends Omit<DigestSeries, 'bucket'> {
  readonly trailName: string;
  /** Of the trail: another than `region` where the trail is of several regions. */
  readonly homeRegion: string;
  readonly end: Date;
  readonly isBackfill: boolean;
}

const FILE_TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
/** A trail's name may hold underscores, a region's does not. */
const AFTER_REGION =
  /^(?<trailName>.+)_(?<homeRegion>[^_]+)_(?<end>\d{8}T\d{6}Z)(?<backfill>_backfill)?\.json\.gz$/s;

/** Parses a digest's key, or returns `undefined` where it is not one. */
export function parseDigestKey(key: string): DigestKey | undefined {
  const place = parseCloudTrailKey(key);
  if (place?.kind !== 'CloudTrail-Digest') {
    return undefined;
  }
  const { prefix, organizationId, accountId, region } = place;
  const name = key.slice(key.lastIndexOf('/') + 1);
  const start = `${accountId}_CloudTrail-Digest_${region}_`;
  const { trailName, homeRegion, end, backfill } = name.startsWith(start)
    ? (AFTER_REGION.exec(name.slice(start.length))?.groups ?? {})
    : {};
  const endTime = new Date(end?.replace(FILE_TIME, '$1-$2-$3T$4:$5:$6Z') ?? Number.NaN);
  if (trailName === undefined || homeRegion === undefined || Number.isNaN(endTime.getTime())) {
    return undefined;
  }
  return {
    prefix,
    organizationId,
    accountId,
    region,
    trailName,
    homeRegion,
    end: endTime,
    isBackfill: backfill !== undefined,
  };
}

/** The folder of a region's digests, with a trailing slash; folders `yyyy/mm/dd/` are below it. */
export function digestFolderOf({ prefix, organizationId, accountId, region }: DigestSeries): string {
  const parts = [prefix, 'AWSLogs', organizationId ?? '', accountId, 'CloudTrail-Digest', region];
  return `${parts.filter((part) => part !== '').join('/')}/`;
}

/** What a person calls the trail, and what tells the trails of one folder apart. */
export function trailOf({ trailName, homeRegion }: DigestKey): string {
  return `${trailName}, ${homeRegion}`;
}
