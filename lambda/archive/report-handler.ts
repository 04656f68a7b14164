/** Lambda handler of the scheduled reports. It wires; its siblings decide. */
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { reportEnvironment } from '../../contract/archive.ts';
import { parseEnvironment } from '../../contract/environment.ts';
import { ARCHIVE_METRICS } from '../../contract/metrics.ts';
import { parseReports } from '../../contract/report.ts';
import { AWS_PATIENCE, S3_READING_PATIENCE } from '../shared/aws-patience.ts';
import { logger } from '../shared/logger.ts';
import { stackMetrics } from '../shared/stack-metrics.ts';
import { readCollected } from './reports/collected.ts';
import { withUndated } from './reports/completeness.ts';
import type { DeliveryServices } from './reports/delivery.ts';
import { announceReport, mailReport } from './reports/news.ts';
import { reportRows } from './reports/rows.ts';
import { runReports } from './reports/run-reports.ts';
import { S3ObjectStore } from './store/s3-object-store.ts';

const environment = parseEnvironment(reportEnvironment, process.env);
const reports = parseReports(environment.REPORTS);
const dynamoDb = new DynamoDBClient(AWS_PATIENCE);
// A mail of many megabytes is not taken within the seconds of a small request.
const ses = new SESv2Client({ requestHandler: { ...AWS_PATIENCE.requestHandler, requestTimeout: 60_000 } });
const sns = new SNSClient(AWS_PATIENCE);
const store = new S3ObjectStore({ s3: new S3Client(S3_READING_PATIENCE), bucket: environment.RAW_BUCKET });
const place = { place: store.place, stackName: environment.STACK_NAME };

const metrics = stackMetrics(environment.STACK_NAME);

/** What one more report may take. */
const ENOUGH_MS = 5 * 60_000;

const services: DeliveryServices = {
  store,
  // Files that lie beside the function's code; see lib/shared/function-code.ts.
  fonts: {
    regular: join(__dirname, 'NotoSansJP_400Regular.ttf'),
    bold: join(__dirname, 'NotoSansJP_700Bold.ttf'),
  },
  rows: (report, period) => (onDamage) =>
    reportRows(store, report, period, (damage) => {
      logger.error('Damaged, and left out', { ...damage });
      onDamage();
    }),
  collected: async (sources) =>
    await withUndated(await readCollected(dynamoDb, environment.ARCHIVE_TABLE, sources), store),
  mail: async (news) => {
    const { name, mailTo } = news.order.definition;
    if (mailTo.length > 0 && environment.MAIL_FROM === '') {
      logger.warn('Announced only: the stack has no address to send mail from', { report: name });
    }
    return mailTo.length === 0 || environment.MAIL_FROM === ''
      ? undefined
      : mailReport(ses, environment.MAIL_FROM, news, place);
  },
  announce: (news) => announceReport(sns, environment.TOPIC_ARN, news, place),
};

/** Called every hour; what it is called with says nothing. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  const failed = await runReports(reports, services, {
    now: () => new Date(),
    timeIsUp: () => context.getRemainingTimeInMillis() < ENOUGH_MS,
  });
  metrics.addMetric(ARCHIVE_METRICS.reportsFailed, 'Count', failed);
  metrics.publishStoredMetrics();
}
