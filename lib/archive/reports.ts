import { Aws, type CfnCondition, Duration, Fn } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  ARCHIVE_TABLE_KEYS,
  AUDIT_SOURCES,
  RAW_PREFIX,
  REPORTS_PREFIX,
  reportEnvironment,
} from '../../contract/archive.ts';
import { ARCHIVE_METRICS } from '../../contract/metrics.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { leadingKeys } from '../shared/leading-keys.ts';
import { callOnSchedule, type UndeliveredCalls } from '../shared/schedule.ts';
import { TrailbridgeFunction } from '../shared/trailbridge-function.ts';
import { acknowledgeObjects, type KeyedBucket, listAll, objectsIn, useKeyThroughS3 } from './access.ts';
import { archiveMetric, RUN } from './metrics.ts';

export interface ReportsProps {
  readonly raw: KeyedBucket;
  /** Tells how far the sources are collected: a report of less would lack something. */
  readonly table: Table;
  /** Definitions, as JSON. */
  readonly reports: string;
  /** Who mails them; empty where nobody does, which the condition tells. */
  readonly mailFrom: string;
  readonly mailFromGiven: CfnCondition;
  /** Where they are announced, and the key that it is encrypted with. */
  readonly topic: ITopic;
  readonly topicKey: IKey;
  readonly undelivered: UndeliveredCalls;
}

const INTERVAL = Duration.hours(1);
/** A report is drawn in memory, with a font for Japanese. */
const MEMORY_MB = 2048;

/** Makes, every hour, the reports that are due, keeps them in the archive, and mails or announces them. */
export class Reports extends Construct {
  readonly function: TrailbridgeFunction<typeof reportEnvironment>;

  constructor(scope: Construct, id: string, props: ReportsProps) {
    super(scope, id);
    const { raw } = props;
    this.function = new TrailbridgeFunction(this, 'Function', {
      serviceName: 'Reports',
      handler: 'archive/report-handler.ts',
      description: 'Makes the audit reports that are due, and mails or announces them.',
      environmentSchema: reportEnvironment,
      environment: {
        STACK_NAME: Aws.STACK_NAME,
        RAW_BUCKET: raw.bucket.bucketName,
        ARCHIVE_TABLE: props.table.tableName,
        REPORTS: props.reports,
        MAIL_FROM: props.mailFrom,
        TOPIC_ARN: props.topic.topicArn,
      },
      timeout: RUN,
      memorySize: MEMORY_MB,
      permissions: permissionsOf(props),
    });
    acknowledgeObjects(
      this.function.role,
      raw.bucket,
      [RAW_PREFIX, REPORTS_PREFIX],
      'Objects are named after hours, and reports after their definitions.',
    );
    callOnSchedule(this, this.function, 'Makes the reports that are due.', {
      interval: INTERVAL,
      undelivered: props.undelivered,
    });
    new TrailbridgeAlarm(this, 'ReportsFailed', {
      metric: archiveMetric(ARCHIVE_METRICS.reportsFailed, { statistic: Stats.MAXIMUM, period: INTERVAL }),
      threshold: 0,
      description:
        'For three hours reports that were due could not be made or sent, or nobody looked for any.',
      // All of them: what fails is tried again every hour, and a stack that is new has told of one hour only.
      looks: { toAlarm: 3 },
    });
  }
}

function permissionsOf(props: ReportsProps): PolicyStatement[] {
  const { raw, table, topic, topicKey } = props;
  const checkpoints = AUDIT_SOURCES.map((source) => ARCHIVE_TABLE_KEYS.checkpoint(source).pk);
  return [
    listAll(raw.bucket),
    new PolicyStatement({
      actions: ['s3:GetObject'],
      resources: objectsIn(raw.bucket, [RAW_PREFIX, REPORTS_PREFIX]),
    }),
    new PolicyStatement({ actions: ['s3:PutObject'], resources: objectsIn(raw.bucket, [REPORTS_PREFIX]) }),
    useKeyThroughS3(raw.key, 'kms:Decrypt', 'kms:GenerateDataKey'),
    new PolicyStatement({
      actions: ['dynamodb:GetItem'],
      resources: [table.tableArn],
      conditions: leadingKeys('StringEquals', checkpoints),
    }),
    new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [topicKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `sns.${Aws.REGION}.amazonaws.com` } },
    }),
    mail(props),
  ];
}

/**
 * May send as the one address only. What is verified with SES is that address, or its domain.
 *
 * Source: Amazon SES Developer Guide, "Controlling access to Amazon SES".
 */
function mail({ mailFrom, mailFromGiven }: ReportsProps): PolicyStatement {
  const identity = (name: string) =>
    `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:identity/${name}`;
  // One more @, so that there is something behind the first even where no address is given.
  const domain = Fn.select(1, Fn.split('@', `${mailFrom}@`));
  const whereGiven = (name: string) => Fn.conditionIf(mailFromGiven.logicalId, name, NOBODY).toString();
  return new PolicyStatement({
    actions: ['ses:SendEmail', 'ses:SendRawEmail'],
    resources: [identity(whereGiven(mailFrom)), identity(whereGiven(domain))],
    conditions: { StringEquals: { 'ses:FromAddress': whereGiven(mailFrom) } },
  });
}

/** An identity that SES cannot have: a policy needs a resource also where nobody mails. */
const NOBODY = 'trailbridge-mails-nothing';
