/**
 * CloudTrail's object key layout.
 *
 * Source: AWS CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail digest file
 * structure":
 *
 *     [prefix/]AWSLogs/[o-organisation/]account/CloudTrail/region/yyyy/mm/dd/account_CloudTrail_region_yyyymmddThhmmZ_unique.json.gz
 *     [prefix/]AWSLogs/…/CloudTrail-Insight/…
 *     [prefix/]AWSLogs/…/CloudTrail-Digest/…
 *
 * Keys are parsed by structure only. Account and region in them are data: a region that opened
 * yesterday, or an anonymised one, must be forwarded like any other.
 */
export type CloudTrailFileKind = 'CloudTrail' | 'CloudTrail-Insight' | 'CloudTrail-Digest';

export interface CloudTrailKey {
  readonly kind: CloudTrailFileKind;
  /** The trail's own key prefix, without a trailing slash; empty if it has none. */
  readonly prefix: string;
  /** `o-…`, for the files of an organisation trail. */
  readonly organizationId?: string;
  readonly accountId: string;
  readonly region: string;
  /** The day of the folder, `YYYY-MM-DD`, UTC. */
  readonly day: string;
}

const LAYOUT =
  /^(?:(?<prefix>.*)\/)?AWSLogs\/(?:(?<organizationId>o-[^/]+)\/)?(?<accountId>\d{12})\/(?<kind>CloudTrail(?:-Insight|-Digest)?)\/(?<region>[^/]+)\/(?<year>\d{4})\/(?<month>\d{2})\/(?<day>\d{2})\/[^/]+\.json\.gz$/s;

/** Parses an object key, or returns `undefined` where it is not a CloudTrail file's key. */
export function parseCloudTrailKey(key: string): CloudTrailKey | undefined {
  const groups = LAYOUT.exec(key)?.groups;
  if (groups === undefined) {
    return undefined;
  }
  const { prefix = '', organizationId, accountId, kind, region, year, month, day } = groups;
  return {
    kind: kind as CloudTrailFileKind,
    prefix,
    organizationId,
    accountId: accountId as string,
    region: region as string,
    day: `${year}-${month}-${day}`,
  };
}

/**
 * EventBridge wildcard patterns for the keys that are forwarded: logs and Insight, never digests.
 *
 * They let a few more keys through than `parseCloudTrailKey` accepts; the forwarder decides.
 */
export const FORWARDED_KEY_WILDCARDS = [
  '*AWSLogs/*/CloudTrail/*.json.gz',
  '*AWSLogs/*/CloudTrail-Insight/*.json.gz',
] as const;
