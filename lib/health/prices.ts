/**
 * AWS's list prices in us-east-1, in dollars, without the free tier and the steps for large amounts. Sources, as of
 * November 2026: the pricing pages of AWS Lambda (arm64), Amazon SQS (standard queues), Amazon DynamoDB (on-demand),
 * Amazon S3 (Standard), Amazon EventBridge, AWS KMS, Amazon CloudWatch. What of them could be checked and what could not
 * is said in docs/scale.md.
 */
export const PRICES = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  sqsRequest: 0.4e-6,
  /** Of an item below 1 KB. */
  ledgerWrite: 0.625e-6,
  /** Strongly consistent, of an item below 4 KB; eventually consistent, it is half. */
  ledgerRead: 0.125e-6,
  ledgerGbMonth: 0.25,
  /** Point-in-time recovery. */
  ledgerRecoveryGbMonth: 0.2,
  s3Get: 0.4e-6,
  s3List: 5e-6,
  /** Of an event that S3 sends to EventBridge. */
  s3Event: 1e-6,
  logGb: 0.5,
  metricMonth: 0.3,
  /** One metric asked for once with GetMetricData. */
  metricRead: 0.01e-3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  secretMonth: 0.4,
  keyMonth: 1,
} as const;

/** What one file asks for beside the forwarder's time, wherever it is the same for every file of one part. */
export const PER_FILE = {
  /** One claim and one acknowledgement, of an item below 1 KB. */
  ledgerWrites: 2,
  s3Gets: 1,
  s3Events: 1,
  /** Put in alone; received and deleted in tens, or alone where files come one by one: the most it can be. */
  sqsRequests: 3,
} as const;

/** Dollars for one file of one part, beside the forwarder's time and what it logs. */
export const DOLLARS_PER_FILE =
  PER_FILE.ledgerWrites * PRICES.ledgerWrite +
  PER_FILE.s3Gets * PRICES.s3Get +
  PER_FILE.s3Events * PRICES.s3Event +
  PER_FILE.sqsRequests * PRICES.sqsRequest;
