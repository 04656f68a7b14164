/**
 * What the audit archive's parts agree on: the sources, where objects lie, and what a line of a raw object holds.
 *
 * Two buckets. The raw one is immutable and holds every record as the vendor gave it, by the hour of the event. The
 * derived one can be made again from it at any time.
 */
import * as z from 'zod';

/** Whose audit logs are kept. The vendors' own names are in `SOURCE_NAMES`. */
export const AUDIT_SOURCES = ['cloudone', 'appdynamics', 'ibmcloud'] as const;

export type AuditSource = (typeof AUDIT_SOURCES)[number];

export const SOURCE_NAMES: Readonly<Record<AuditSource, string>> = {
  cloudone: 'Trend Cloud One',
  appdynamics: 'Splunk AppDynamics',
  ibmcloud: 'IBM Cloud',
};

/** `20260301T10`: an hour of UTC, by which raw records are kept. Sorts as time does. */
export type ArchiveHour = string;

const HOUR_MS = 3_600_000;

/** @param time milliseconds since the epoch */
export function archiveHour(time: number): ArchiveHour {
  return new Date(time).toISOString().slice(0, 13).replaceAll('-', '');
}

/** @returns when the hour begins, in milliseconds since the epoch */
export function startOfHour(hour: ArchiveHour): number {
  return Date.parse(
    `${hour.slice(0, 4)}-${hour.slice(4, 6)}-${hour.slice(6, 8)}T${hour.slice(9, 11)}:00:00Z`,
  );
}

/** The hours that a span of time touches; `to` is not part of it. */
export function* hoursBetween(from: number, to: number): Generator<ArchiveHour, void, undefined> {
  for (let time = Math.floor(from / HOUR_MS) * HOUR_MS; time < to; time += HOUR_MS) {
    yield archiveHour(time);
  }
}

/**
 * A record's name in the archive, the same however often it is collected: `<source>.<hour>.<32 hexadecimal digits>`.
 * The hour is the event's, so that a record is found by its name alone.
 */
export type ArchiveId = string;

export const ARCHIVE_ID_PATTERN =
  /^(?<source>cloudone|appdynamics|ibmcloud)\.(?<hour>\d{8}T\d{2})\.[0-9a-f]{32}$/;

/** A span of time, in milliseconds since the epoch, whose events are known not to be all in the archive; `to` is not part of it. */
export interface CollectionGap {
  readonly from: number;
  readonly to: number;
}

/**
 * The day that records without a usable time are filed under, so that they are found together: no audit log of the three
 * sources goes back so far.
 */
export const UNDATED_DAY = '20000101';

/** The time that such records have, in milliseconds since the epoch, and what their events are marked by. */
export const UNDATED = startOfHour(`${UNDATED_DAY}T00`);

/** One record, as a raw object keeps it. */
export interface ArchivedRecord {
  readonly id: ArchiveId;
  /**
   * When it happened, in milliseconds since the epoch, as the vendor says; `UNDATED` where the vendor gives no usable time.
   */
  readonly time: number;
  /** When it was collected, in ISO 8601. */
  readonly collectedAt: string;
  /** Of IBM Cloud: the key of the object that it came in. */
  readonly origin?: string | undefined;
  /** The vendor's own text, to the character. */
  readonly record: string;
}

/** A line of a raw object: JSON, in which the vendor's text is a string, so that it comes out to the character. */
export const archivedLine = z.object({
  id: z.string().regex(ARCHIVE_ID_PATTERN),
  time: z.number(),
  collectedAt: z.string(),
  origin: z.string().optional(),
  record: z.string(),
}) satisfies z.ZodType<ArchivedRecord>;

export function sourceOf(id: ArchiveId): AuditSource {
  return id.slice(0, id.indexOf('.')) as AuditSource;
}

export function hourOf(id: ArchiveId): ArchiveHour {
  const [, hour = ''] = id.split('.');
  return hour;
}

/** What could be parsed, and what could not: kept to the byte, too, and looked at by a person. */
const RAW = 'raw';
const UNREADABLE = 'unreadable';
export const REPORTS_PREFIX = 'reports/';

/** `raw/<source>/<YYYY>/<MM>/<DD>/<HH>/`: where the records of an hour are. */
export function rawHourPrefix(source: AuditSource, hour: ArchiveHour): string {
  return `${rawDayPrefix(source, hour.slice(0, 8))}${hour.slice(9, 11)}/`;
}

/** @param day `20260301` */
export function rawDayPrefix(source: AuditSource, day: string): string {
  return `${RAW}/${source}/${day.slice(0, 4)}/${day.slice(4, 6)}/${day.slice(6, 8)}/`;
}

/** Of all sources. */
export const RAW_PREFIX = `${RAW}/`;

export function rawSourcePrefix(source: AuditSource): string {
  return `${RAW}/${source}/`;
}

/** `unreadable/<source>/<YYYY>/<MM>/<DD>/`, by the day of collection. */
export function unreadablePrefix(source: AuditSource, collectedAt: Date): string {
  return `${unreadableSourcePrefix(source)}${collectedAt.toISOString().slice(0, 10).replaceAll('-', '/')}/`;
}

export function unreadableSourcePrefix(source: AuditSource): string {
  return `${UNREADABLE}/${source}/`;
}

/**
 * Where a source's events of one OCSF class and day lie in the derived bucket. Source: Amazon Security Lake User Guide,
 * "Collecting data from custom sources": `ext/<custom source>/region=…/accountId=…/eventDay=…/`, one class a custom source, and
 * `external` for what no AWS account holds.
 *
 * @param className such as `authentication`; see `OCSF_CLASSES`
 * @param day `20260301`
 */
export function derivedDayPrefix(
  source: AuditSource,
  className: string,
  awsRegion: string,
  day: string,
): string {
  return `${DERIVED_PREFIX}${customSource(source, className)}/region=${awsRegion}/accountId=${EXTERNAL_ACCOUNT}/eventDay=${day}/`;
}

export const DERIVED_PREFIX = 'ext/';
export const EXTERNAL_ACCOUNT = 'external';

/** The name that Security Lake would know it by. */
export function customSource(source: AuditSource, className: string): string {
  return `trailbridge-${source}-${className.replaceAll('_', '-')}`;
}

/**
 * The archive's table: `pk`, `sk`, both strings.
 *
 * - `checkpoint#<source>`, `checkpoint`: how far a source is collected, and who collects now.
 * - `stale#<source>`, `<hour>`: raw records were added to the hour since its derived files were written.
 * - `derivation`, `lease`: who derives now.
 */
export const ARCHIVE_TABLE_KEYS = {
  checkpoint: (source: AuditSource) => ({ pk: `checkpoint#${source}`, sk: 'checkpoint' }),
  stale: (source: AuditSource) => `stale#${source}`,
  derivation: { pk: 'derivation', sk: 'lease' },
} as const;

/** Environment that all of the archive's functions have. */
export const archiveEnvironment = z.object({
  STACK_NAME: z.string().min(1),
  RAW_BUCKET: z.string().min(1),
});

export const collectorEnvironment = archiveEnvironment.extend({ ARCHIVE_TABLE: z.string().min(1) });

export const cloudOneCollectorEnvironment = collectorEnvironment.extend({
  /** Of the API key, as the user made it: `<id>:<secret>`. */
  API_KEY_SECRET_ARN: z.string().min(1),
  /** Region code of the audit service, such as `us-1`. */
  CLOUD_ONE_REGION: z.string().min(1),
});

export const appDynamicsCollectorEnvironment = collectorEnvironment.extend({
  /** `https://<account>.saas.appdynamics.com`, or a controller of one's own. */
  CONTROLLER_URL: z.string().min(1),
  /** `basic`: a user's name and password. `oauth`: an API client's name and secret. */
  AUTHENTICATION: z.enum(['basic', 'oauth']),
  /** `<user or API client>@<account>`. */
  PRINCIPAL: z.string().min(1),
  /** Of the password, or the API client's secret. */
  CREDENTIAL_SECRET_ARN: z.string().min(1),
  /** The controller's own filters, `field:value`, as JSON lists. */
  INCLUDE: z.string(),
  EXCLUDE: z.string(),
});

export const ibmCloudCollectorEnvironment = collectorEnvironment.extend({
  /** The object storage bucket that Activity Tracker Event Routing writes to. */
  BUCKET: z.string().min(1),
  /** Its region, such as `eu-de`. */
  BUCKET_REGION: z.string().min(1),
  KEY_PREFIX: z.string(),
  /** Of the HMAC credentials: `<access key id>:<secret access key>`. */
  HMAC_SECRET_ARN: z.string().min(1),
});

export const derivationEnvironment = collectorEnvironment.extend({ DERIVED_BUCKET: z.string().min(1) });

export const reportEnvironment = collectorEnvironment.extend({
  /** Report definitions, as JSON; see docs/audit-reports.md. */
  REPORTS: z.string(),
  /** Verified with Amazon SES; empty where reports are announced only. */
  MAIL_FROM: z.string(),
  TOPIC_ARN: z.string().min(1),
});
