/** What an organisation takes: the formulae of docs/scale.md. */
import { DOLLARS_PER_FILE, PER_FILE, PRICES } from '../lib/health/prices.ts';

export interface Organisation {
  readonly accounts: number;
  /** Regions of an account in which something happens all the time. */
  readonly regions: number;
  readonly eventsPerFile: number;
}

export interface Measures {
  /** Processor time that the forwarder takes for a file, in seconds of a whole processor; from bench/load.json. */
  readonly processorSecondsPerFile: number;
  /** Seconds that a file waits for S3, the ledger and the destination. Assumed: nothing here can measure it. */
  readonly waitingSecondsPerFile: number;
  /** Bytes that the forwarder logs for a file. */
  readonly loggedBytesPerFile: number;
}

export interface Needs {
  readonly filesAMonth: number;
  readonly filesASecond: number;
  readonly ledgerWritesASecond: number;
  /** Invocations at the same time, on average. */
  readonly concurrency: number;
  /** Seconds until the files of one delivery, which come every five minutes at once, are forwarded. */
  readonly drainSeconds: number;
  /** Hours until what came in a day's outage is forwarded. */
  readonly hoursToCatchUp: number;
  readonly ledgerGB: number;
  readonly dollarsAMonth: {
    readonly perFile: number;
    readonly ledgerStorage: number;
    readonly fixed: number;
  };
  readonly dollarsPerMillionEvents: number;
}

/** CloudTrail delivers about every five minutes (AWS CloudTrail User Guide, "Getting and viewing your log files"). */
const FILES_AN_HOUR = 12;
const HOURS_A_MONTH = 730;
/** Invocations at the same time, at most; see lib/forwarding/forwarding.ts. */
const MAXIMUM_CONCURRENCY = 20;
/** Files of an invocation that are under way at once; see lambda/forwarding/batch.ts. */
const IN_FLIGHT = 4;
const BATCH = 10;
const MEMORY_GB = 1;
/** Of a processor, at that memory: 1,769 MB are one (AWS Lambda Developer Guide, "Configure memory"). */
const PROCESSOR_SHARE = 1024 / 1769;
/** One item with its key of some 150 characters. */
const LEDGER_ITEM_BYTES = 600;
const LEDGER_MONTHS = 400 / 30.4;
/** A GB and month of DynamoDB's storage, and of its point-in-time recovery. */
const LEDGER_GB_MONTH = 0.25 + 0.2;
/** With an existing bucket and Cloud One: one key, two secrets, ten alarms, 17 metrics, a dashboard, idle polling. */
const FIXED_DOLLARS =
  PRICES.keyMonth +
  2 * PRICES.secretMonth +
  10 * PRICES.alarmMonth +
  17 * PRICES.metricMonth +
  PRICES.dashboardMonth +
  2 * 0.26;

/** Seconds of an invocation that a file takes in a full batch: waiting overlaps, work does not. */
export function billedSecondsPerFile({ processorSecondsPerFile, waitingSecondsPerFile }: Measures): number {
  return Math.max(processorSecondsPerFile / PROCESSOR_SHARE, waitingSecondsPerFile / IN_FLIGHT);
}

export function dollarsPerFile(measures: Measures): number {
  return (
    DOLLARS_PER_FILE +
    billedSecondsPerFile(measures) * MEMORY_GB * PRICES.lambdaGbSecond +
    PRICES.lambdaRequest / BATCH +
    (measures.loggedBytesPerFile / 1e9) * PRICES.logGb
  );
}

export function needsOf({ accounts, regions, eventsPerFile }: Organisation, measures: Measures): Needs {
  const filesAMonth = accounts * regions * FILES_AN_HOUR * HOURS_A_MONTH;
  const filesASecond = filesAMonth / (HOURS_A_MONTH * 3600);
  const billed = billedSecondsPerFile(measures);
  const capacity = MAXIMUM_CONCURRENCY / billed;
  const ledgerGB = (filesAMonth * LEDGER_MONTHS * LEDGER_ITEM_BYTES) / 1e9;
  const dollarsAMonth = {
    perFile: filesAMonth * dollarsPerFile(measures),
    ledgerStorage: ledgerGB * LEDGER_GB_MONTH,
    fixed: FIXED_DOLLARS,
  };
  const total = dollarsAMonth.perFile + dollarsAMonth.ledgerStorage + dollarsAMonth.fixed;
  return {
    filesAMonth,
    filesASecond,
    ledgerWritesASecond: filesASecond * PER_FILE.ledgerWrites,
    concurrency: filesASecond * billed,
    drainSeconds: (accounts * regions) / capacity,
    hoursToCatchUp: (24 * filesASecond) / (capacity - filesASecond),
    ledgerGB,
    dollarsAMonth,
    dollarsPerMillionEvents: (total / (filesAMonth * eventsPerFile)) * 1e6,
  };
}
