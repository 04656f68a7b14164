/**
 * A report's definition: what it is called, what it tells, and when and to whom it goes.
 *
 * The same for the stack's parameter, the function that makes reports on a schedule, and the command. For people it is
 * documented in docs/audit-reports.md.
 */
import * as z from 'zod';
import { AUDIT_SOURCES, type AuditSource, REPORTS_PREFIX } from './archive.ts';
import {
  COLUMN_CHOICE,
  columnNamed,
  FILTER_CHOICE,
  type ReportColumnName,
  type ReportFilter,
  readReportFilter,
} from './report-attributes.ts';
import {
  CALENDAR_PERIODS,
  type CalendarPeriod,
  RANGE_ALLOWED,
  type ReportRange,
  rangeSchema,
} from './report-range.ts';

export const REPORT_FORMATS = ['pdf', 'json', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/**
 * Bytes of a stack's definitions at most, in UTF-8: a function's environment holds them, with its other variables, in 4 KB
 * (AWS Lambda Developer Guide, "Lambda quotas"). The others, with a stack's name and an address at their longest, take 900.
 */
export const MAXIMUM_REPORTS_BYTES = 3000;

/** What a controller audit report shows, and where it happened: the source first, for the archive has three. */
export const DEFAULT_COLUMNS: readonly ReportColumnName[] = [
  'time',
  'source',
  'event',
  'principal',
  'source_ip',
  'object_type',
  'object_name',
  'outcome',
  'course',
  'changes',
];

/**
 * What tells of an event besides, where no columns are named: why to look at it, and the way back into the archive. Paper shades
 * the former, and has no room for the latter.
 */
export const DEFAULT_FURTHER_COLUMNS: readonly ReportColumnName[] = ['attention', 'id'];

export interface ReportDefinition {
  /** Part of its keys in the archive: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly titlePage: boolean;
  /** Stands on every page, such as `CONFIDENTIAL`; empty for none. */
  readonly label: string;
  readonly sources: readonly AuditSource[];
  readonly range: ReportRange;
  /** As the IANA time zone database names it, such as `Asia/Tokyo`. */
  readonly timeZone: string;
  readonly include: readonly ReportFilter[];
  readonly exclude: readonly ReportFilter[];
  /** In their order; with `changes` if and only if the differences are to be shown. */
  readonly columns: readonly ReportColumnName[];
  /** Of CSV and JSON, behind these; none where columns are named. */
  readonly furtherColumns: readonly ReportColumnName[];
  readonly formats: readonly ReportFormat[];
  /** Absent for one that is made by command only. */
  readonly every: CalendarPeriod | undefined;
  /** Hour of the day, in the time zone, at which it is due. */
  readonly at: number;
  readonly mailTo: readonly string[];
}

/** A definition that the function makes on its schedule. */
export interface ScheduledReport extends ReportDefinition {
  readonly every: CalendarPeriod;
}

/** Definitions cannot be used. The message names each fault with the report, the field, what was given and what is allowed. */
export class ReportDefinitionError extends Error {
  override readonly name = 'ReportDefinitionError';

  constructor(faults: readonly string[]) {
    super(`Not usable as a report: ${faults.join(' ')} docs/audit-reports.md says how to define one.`);
  }
}

const text = (longest: number) => z.string().trim().max(longest).refine(isOneLine);
const columnName = z.string().transform((name, context) => {
  const column = columnNamed(name);
  if (column === undefined) {
    context.issues.push({ code: 'custom', input: name });
    return z.NEVER;
  }
  return column;
});
const filter = z.string().transform((given, context) => {
  const read = readReportFilter(given);
  if (read === undefined) {
    context.issues.push({ code: 'custom', input: given });
    return z.NEVER;
  }
  return read;
});

const FIELDS = {
  name: {
    schema: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/),
    allowed: '1 to 40 lower-case letters, digits and hyphens between them',
  },
  title: { schema: text(120).min(1), allowed: 'a line of 1 to 120 characters' },
  subtitle: { schema: text(200).default(''), allowed: 'a line of up to 200 characters' },
  titlePage: { schema: z.boolean().default(false), allowed: 'true or false' },
  label: { schema: text(40).default(''), allowed: 'a line of up to 40 characters, such as "CONFIDENTIAL"' },
  sources: {
    schema: z
      .array(z.enum(AUDIT_SOURCES))
      .min(1)
      .refine(isDistinct)
      .default([...AUDIT_SOURCES]),
    allowed: `a list of some of ${AUDIT_SOURCES.join(', ')}`,
  },
  range: { schema: rangeSchema.optional(), allowed: RANGE_ALLOWED },
  timeZone: {
    schema: z.string().refine(isTimeZone).default('UTC'),
    allowed: 'a time zone as the IANA database names it, such as "Asia/Tokyo"',
  },
  include: {
    schema: z.array(filter).default([]),
    allowed: `a list of "field:value"; fields: ${FILTER_CHOICE}`,
  },
  exclude: {
    schema: z.array(filter).default([]),
    allowed: `a list of "field:value"; fields: ${FILTER_CHOICE}`,
  },
  columns: {
    schema: z.array(columnName).min(1).refine(isDistinct).optional(),
    allowed: `a list of different ones of ${COLUMN_CHOICE}`,
  },
  showDiff: { schema: z.boolean().default(true), allowed: 'true or false' },
  formats: {
    schema: z.array(z.enum(REPORT_FORMATS)).min(1).refine(isDistinct).default(['pdf']),
    allowed: `a list of some of ${REPORT_FORMATS.join(', ')}`,
  },
  every: { schema: z.enum(CALENDAR_PERIODS).optional(), allowed: `one of ${CALENDAR_PERIODS.join(', ')}` },
  at: { schema: z.int().min(0).max(23).default(6), allowed: 'an hour of the day, 0 to 23' },
  mailTo: {
    schema: z.array(z.email()).max(50).default([]),
    allowed: 'a list of up to 50 mail addresses',
  },
} as const;

type Field = keyof typeof FIELDS;

const definitionSchema = z.strictObject(
  Object.fromEntries(Object.entries(FIELDS).map(([field, { schema }]) => [field, schema])) as {
    readonly [Name in Field]: (typeof FIELDS)[Name]['schema'];
  },
);

/**
 * Reads one definition.
 *
 * @throws ReportDefinitionError
 */
export function readReportDefinition(given: unknown): ReportDefinition {
  const [definition, faults] = read(given, 'The report');
  if (definition === undefined) {
    throw new ReportDefinitionError(faults);
  }
  return definition;
}

/**
 * Reads the definitions of the stack's parameter: a list of reports that have a schedule.
 *
 * @param json empty where there are none.
 * @throws ReportDefinitionError
 */
export function parseReports(json: string): readonly ScheduledReport[] {
  if (json.trim() === '') {
    return [];
  }
  const bytes = Buffer.byteLength(json);
  if (bytes > MAXIMUM_REPORTS_BYTES) {
    throw new ReportDefinitionError([
      `The list has ${bytes} bytes in UTF-8, and may have ${MAXIMUM_REPORTS_BYTES}. Leave out white space and what has its default.`,
    ]);
  }
  const list = parseJson(json);
  if (!Array.isArray(list)) {
    throw new ReportDefinitionError([`It is ${shown(list)}, but must be a list of reports: [{"name": …}].`]);
  }
  const read = list.map((given, index) => readScheduled(given, `Report ${index + 1}`));
  const faults = [...read.flatMap(([, faults]) => faults), ...faultsOfNames(list)];
  if (faults.length > 0) {
    throw new ReportDefinitionError(faults);
  }
  return read.flatMap(([report]) => report ?? []);
}

/**
 * Checks that somebody sends what is to be mailed.
 *
 * @param mailFrom the stack's `ReportMailFrom`; empty where it has none.
 * @throws ReportDefinitionError
 */
export function assertSender(reports: readonly ScheduledReport[], mailFrom: string): void {
  const mailed = reports.filter(({ mailTo }) => mailTo.length > 0);
  if (mailFrom === '' && mailed.length > 0) {
    const names = mailed.map(({ name }) => shown(name)).join(', ');
    throw new ReportDefinitionError([
      `${names}: "mailTo" is given, but nobody sends the mail. Give ReportMailFrom, or leave "mailTo" out.`,
    ]);
  }
}

/**
 * @throws ReportDefinitionError where it is no JSON.
 */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ReportDefinitionError([`It is no JSON (${(error as Error).message}).`]);
  }
}

/** `reports/<name>/`: where its files are in the raw bucket. */
export function reportPrefix(name: string): string {
  return `${REPORTS_PREFIX}${name}/`;
}

/** @param period as `DueReport` names it: `2026-03-01`, `2026-W09`, `2026-03` */
export function reportKey(name: string, period: string, format: ReportFormat): string {
  return `${reportPrefix(name)}${period}.${format}`;
}

/** The period that an object of a report belongs to, whatever its format. */
export function periodOfKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).replace(/\.[a-z]+$/, '');
}

/** Where it is noted that a report was mailed and announced: what has no receipt is taken up again. */
export function receiptKey(name: string, period: string): string {
  return `${reportPrefix(name)}${period}.receipt`;
}

function readScheduled(given: unknown, where: string): [ScheduledReport | undefined, readonly string[]] {
  const [report, faults] = read(given, where);
  if (report === undefined) {
    return [undefined, faults];
  }
  const { every } = report;
  return every === undefined
    ? [undefined, [`${where} has no schedule: give "every", one of ${CALENDAR_PERIODS.join(', ')}.`]]
    : [{ ...report, every }, []];
}

function read(given: unknown, where: string): [ReportDefinition | undefined, readonly string[]] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return [undefined, [`${where} is ${shown(given)}, but must be {"name": …, "title": …}.`]];
  }
  const { data, error } = definitionSchema.safeParse(given);
  if (data === undefined) {
    return [undefined, [...new Set(error.issues.map((issue) => `${where}${faultOf(issue, given)}`))]];
  }
  const { showDiff, range = usualRange(data.every), ...rest } = data;
  const columns = columnsOf(data.columns ?? DEFAULT_COLUMNS, showDiff);
  const furtherColumns = data.columns === undefined ? DEFAULT_FURTHER_COLUMNS : [];
  const fault =
    columns.length === 0
      ? ', field columns: only changes, which "showDiff" leaves out; name another.'
      : faultOfRange(range, data.every);
  return fault === undefined
    ? [{ ...rest, every: data.every, range, columns, furtherColumns }, []]
    : [undefined, [`${where}${fault}`]];
}

function usualRange(every: CalendarPeriod | undefined): ReportRange {
  return every === undefined ? { last: { count: 24, unit: 'hour' } } : { previous: every };
}

function faultOfRange(range: ReportRange, every: CalendarPeriod | undefined): string | undefined {
  if (every !== undefined && 'from' in range) {
    return ', field range: one from a day to another is the same each time; leave "every" out, or give {"last": …}.';
  }
  if (every !== undefined && 'previous' in range && range.previous !== every) {
    return `, field range: given the previous ${range.previous}, every ${every}; allowed: {"previous": "${every}"}, or {"last": "30 days"}.`;
  }
  return undefined;
}

function columnsOf(columns: readonly ReportColumnName[], showDiff: boolean): readonly ReportColumnName[] {
  if (!showDiff) {
    return columns.filter((name) => name !== 'changes');
  }
  return columns.includes('changes') ? columns : [...columns, 'changes'];
}

function faultOf(issue: z.core.$ZodIssue, given: object): string {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    return ` has ${keys}, which is not known; allowed: ${Object.keys(FIELDS).join(', ')}.`;
  }
  const field = String(issue.path[0]) as Field;
  const [, index] = issue.path;
  const value = (given as Record<string, unknown>)[field];
  const item = Array.isArray(value) && typeof index === 'number' ? value[index] : value;
  return `, field ${field}: given ${shown(item)}; allowed: ${FIELDS[field].allowed}.`;
}

/** They share a folder in the archive. */
function faultsOfNames(list: readonly unknown[]): string[] {
  const names = list.map((given) => (given as { readonly name?: unknown } | null)?.name);
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [`Report ${index + 1} is called ${shown(name)}, like report ${names.indexOf(name) + 1}.`]
      : [],
  );
}

function isDistinct(list: readonly unknown[]): boolean {
  return new Set(list).size === list.length;
}

/** They stand in headings, in a mail's subject and in its text: nothing may end a line there, or turn the direction of reading. */
function isOneLine(given: string): boolean {
  return !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(given);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    // A RangeError is how Intl says no.
    return false;
  }
}

const SHOWN_CHARACTERS = 60;

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json;
}
