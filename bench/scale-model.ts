/** What an organisation takes: the formulae of docs/scale.md. */

import { SERIES_AT_ONCE } from '../contract/completeness-round.ts';
import { LEDGER_DAYS } from '../contract/ledger.ts';
import {
  COMPLETENESS_METRICS,
  FORWARDING_METRICS,
  HEALTH_METRICS,
  LOOK_SECONDS,
  NOTIFICATION_METRICS,
} from '../contract/metrics.ts';
import { OBJECTS_IN_FLIGHT } from '../lambda/forwarding/batch.ts';
import { BELIEVED_MS } from '../lambda/forwarding/circuit.ts';
import { CHECK_MEMORY_MB } from '../lib/completeness/completeness.ts';
import { BATCH_SIZE, FORWARDER_MEMORY_MB, MAXIMUM_CONCURRENCY } from '../lib/forwarding/forwarding.ts';
import { DOLLARS_PER_FILE, PER_FILE, PRICES } from '../lib/health/prices.ts';

export interface Organisation {
  readonly accounts: number;
  /** Regions of an account in which something happens all the time. */
  readonly regions: number;
  /** Regions of an account that CloudTrail writes digests of: all that are enabled, whatever happens there. */
  readonly digestRegions: number;
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
    readonly completeness: number;
    readonly circuit: number;
    readonly fixed: number;
  };
  readonly dollarsPerMillionEvents: number;
}

/** CloudTrail delivers about every five minutes (AWS CloudTrail User Guide, "Getting and viewing your log files"). */
const FILES_AN_HOUR = 12;
const HOURS_A_MONTH = 730;
/** Of a processor, at that memory: 1,769 MB are one (AWS Lambda Developer Guide, "Configure memory"). */
const PROCESSOR_SHARE = FORWARDER_MEMORY_MB / 1769;
/** One item with its key of some 150 characters. */
const LEDGER_ITEM_BYTES = 600;
const DAYS_A_MONTH = HOURS_A_MONTH / 24;

/**
 * What the completeness check asks for, at most: where a round takes longer than an hour, the next covers more and asks
 * less often. See lambda/completeness.
 */
const PER_CHECK = {
  /** Of an account and hour: the regions of its digests, of its log files and of its Insight files. */
  accountLists: 3,
  accountReads: 1,
  accountWrites: 1,
  /** Of a region and hour: its digests, and what is stored of log files and of Insight files. */
  regionLists: 3,
  digestGets: 1,
  memoryReads: 1,
  memoryWrites: 1,
  /** Of a region and hour with files: their versions. */
  activeRegionLists: 1,
  /** Of a file: where its digest lists it, and where the listing does. */
  fileReads: 2,
  /** Seconds that a region is waited for. Assumed. */
  regionSeconds: 0.1,
} as const;

/** What a stack holds: with an existing bucket, a token of Vision One, and Cloud One as the destination. The tests count it. */
export const HOLDINGS = {
  keys: 1,
  secrets: 3,
  alarms: 13,
  dashboards: 1,
  /** Queues that Lambda polls. */
  polledQueues: 2,
  /** Every name that the functions tell. */
  metrics: [FORWARDING_METRICS, NOTIFICATION_METRICS, HEALTH_METRICS, COMPLETENESS_METRICS].flatMap((names) =>
    Object.values(names),
  ).length,
} as const;

/** Lambda polls an idle queue with five pollers, each for 20 seconds (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const IDLE_POLLS_A_MONTH = 5 * (3600 / 20) * HOURS_A_MONTH;
/** Of the health check and of the notification watch, together. Assumed: a quarter of a GB for two seconds, twice. */
const LOOK = { gbSeconds: 1, metricReads: 2 } as const;
const LOOKS_A_MONTH = (HOURS_A_MONTH * 3600) / LOOK_SECONDS;

const FIXED_DOLLARS =
  HOLDINGS.keys * PRICES.keyMonth +
  HOLDINGS.secrets * PRICES.secretMonth +
  HOLDINGS.alarms * PRICES.alarmMonth +
  HOLDINGS.metrics * PRICES.metricMonth +
  HOLDINGS.dashboards * PRICES.dashboardMonth +
  HOLDINGS.polledQueues * IDLE_POLLS_A_MONTH * PRICES.sqsRequest +
  LOOKS_A_MONTH * (LOOK.gbSeconds * PRICES.lambdaGbSecond + LOOK.metricReads * PRICES.metricRead);

/** Seconds of an invocation that a file takes in a full batch: waiting overlaps, work does not. */
export function billedSecondsPerFile({ processorSecondsPerFile, waitingSecondsPerFile }: Measures): number {
  return Math.max(processorSecondsPerFile / PROCESSOR_SHARE, waitingSecondsPerFile / OBJECTS_IN_FLIGHT);
}

export function dollarsPerFile(measures: Measures): number {
  return (
    DOLLARS_PER_FILE +
    billedSecondsPerFile(measures) * (FORWARDER_MEMORY_MB / 1024) * PRICES.lambdaGbSecond +
    PRICES.lambdaRequest / BATCH_SIZE +
    (measures.loggedBytesPerFile / 1e9) * PRICES.logGb
  );
}

/** Dollars a month for proving that all was forwarded. */
export function completenessDollars({ accounts, regions, digestRegions }: Organisation): number {
  const checks = accounts * digestRegions * HOURS_A_MONTH;
  const activeChecks = accounts * regions * HOURS_A_MONTH;
  const accountHours = accounts * HOURS_A_MONTH;
  const lists =
    accountHours * PER_CHECK.accountLists +
    checks * PER_CHECK.regionLists +
    activeChecks * PER_CHECK.activeRegionLists;
  const reads =
    accountHours * PER_CHECK.accountReads +
    checks * PER_CHECK.memoryReads +
    activeChecks * FILES_AN_HOUR * PER_CHECK.fileReads;
  const writes = accountHours * PER_CHECK.accountWrites + checks * PER_CHECK.memoryWrites;
  const gbSeconds = ((checks * PER_CHECK.regionSeconds) / SERIES_AT_ONCE) * (CHECK_MEMORY_MB / 1024);
  return (
    lists * PRICES.s3List +
    checks * PER_CHECK.digestGets * PRICES.s3Get +
    reads * PRICES.ledgerRead +
    writes * PRICES.ledgerWrite +
    gbSeconds * PRICES.lambdaGbSecond
  );
}

/** Dollars a month for looking whether the circuit is open: before a batch, but not more often than it is believed. */
function circuitDollars(filesAMonth: number): number {
  const mostReads = MAXIMUM_CONCURRENCY * ((HOURS_A_MONTH * 3_600_000) / BELIEVED_MS);
  return (Math.min(filesAMonth, mostReads) * PRICES.ledgerRead) / 2;
}

export function needsOf(organisation: Organisation, measures: Measures): Needs {
  const { accounts, regions, eventsPerFile } = organisation;
  const filesAMonth = accounts * regions * FILES_AN_HOUR * HOURS_A_MONTH;
  const filesASecond = filesAMonth / (HOURS_A_MONTH * 3600);
  const billed = billedSecondsPerFile(measures);
  const capacity = MAXIMUM_CONCURRENCY / billed;
  const ledgerGB = (filesAMonth * (LEDGER_DAYS / DAYS_A_MONTH) * LEDGER_ITEM_BYTES) / 1e9;
  const dollarsAMonth = {
    perFile: filesAMonth * dollarsPerFile(measures),
    ledgerStorage: ledgerGB * (PRICES.ledgerGbMonth + PRICES.ledgerRecoveryGbMonth),
    completeness: completenessDollars(organisation),
    circuit: circuitDollars(filesAMonth),
    fixed: FIXED_DOLLARS,
  };
  const total = Object.values(dollarsAMonth).reduce((sum, dollars) => sum + dollars, 0);
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
