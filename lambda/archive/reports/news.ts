/** A report's mail and announcement. */

import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { SOURCE_NAMES } from '../../../contract/archive.ts';
import { explainAwsError } from '../../shared/aws-errors.ts';
import type { ReportNews } from './delivery.ts';
import { damageInWords, number } from './pdf-summary.ts';
import {
  completenessInWords,
  excludedInWords,
  includedInWords,
  periodInWords,
  sourcesInWords,
} from './report-head.ts';
import type { Count } from './summary.ts';

/**
 * Bytes of attachments at most. Amazon SES takes messages of 40 MB, a third of which is base64's (Amazon SES Developer Guide,
 * "Service quotas"); but many mailboxes take no more than 25 MB.
 */
export const MOST_ATTACHED_BYTES = 18 * 1024 * 1024;

export interface NewsPlace {
  /** `s3://<bucket>` */
  readonly place: string;
  readonly stackName: string;
}

/** Whether the files go with the mail, rather than only where they are. */
export function areAttached({ files }: ReportNews): boolean {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0) <= MOST_ATTACHED_BYTES;
}

/** Without a link: one that a function signs dies with the credentials of its role, within hours. */
export function newsText(news: ReportNews, { place, stackName }: NewsPlace, where: 'mail' | 'topic'): string {
  const { order, due, summary, files } = news;
  const { definition, period } = order;
  const bySource = summary.bySource.map(([source, events]): Count => [SOURCE_NAMES[source], events]);
  return [
    [definition.label, definition.title].filter(Boolean).join(': '),
    ...(definition.subtitle === '' ? [] : [definition.subtitle]),
    '',
    `Time range:    ${periodInWords(period, definition.timeZone)}`,
    `Sources:       ${sourcesInWords(definition)}`,
    `Included:      ${includedInWords(definition)}`,
    `Excluded:      ${excludedInWords(definition)}`,
    `Collection:    ${completenessInWords(order)}`,
    '',
    `Events:        ${number(summary.events)}${listed(bySource)}`,
    `Outcome:       ${summary.byOutcome.map(countText).join(', ') || 'none'}`,
    ...(summary.damaged > 0 ? [damageInWords(summary.damaged)] : []),
    `Look at first: ${summary.attention.map(countText).join(', ') || 'nothing that stands out'}`,
    '',
    where === 'mail' && areAttached(news)
      ? 'The report is attached, and kept unchangeably in the archive:'
      : where === 'mail'
        ? 'The report is too large for a mail. It is kept unchangeably in the archive:'
        : 'The report is kept unchangeably in the archive:',
    ...files.map(({ key, bytes }) => `  ${place}/${key} (${number(bytes.length)} bytes)`),
    '',
    'To fetch it:',
    ...definition.formats.map(
      (format) =>
        `  npx trailbridge --stack ${stackName} audit report --fetch ${definition.name} ${due.name} --format ${format}`,
    ),
  ].join('\n');
}

/** @returns the mail's id @throws AwsCallError */
export async function mailReport(
  ses: SESv2Client,
  from: string,
  news: ReportNews,
  place: NewsPlace,
): Promise<string> {
  const { definition } = news.order;
  const attachments = areAttached(news) ? news.files : [];
  const command = new SendEmailCommand({
    FromEmailAddress: from,
    Destination: { ToAddresses: [...definition.mailTo] },
    Content: {
      Simple: {
        Subject: { Data: subjectOf(news), Charset: 'UTF-8' },
        Body: { Text: { Data: newsText(news, place, 'mail'), Charset: 'UTF-8' } },
        Attachments: attachments.map(({ fileName, contentType, bytes }) => ({
          FileName: fileName,
          ContentType: contentType.replace(/;.*/, ''),
          ContentDisposition: 'ATTACHMENT',
          ContentTransferEncoding: 'BASE64',
          RawContent: bytes,
        })),
      },
    },
  });
  try {
    const { MessageId = '' } = await ses.send(command);
    return MessageId;
  } catch (error) {
    throw explainAwsError(`ses:SendEmail from ${from}`, error);
  }
}

/** @throws AwsCallError */
export async function announceReport(
  sns: SNSClient,
  topicArn: string,
  news: ReportNews,
  place: NewsPlace,
): Promise<void> {
  const { definition } = news.order;
  try {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        // ASCII of less than 100 characters only (Amazon SNS API Reference, "Publish"): names are both.
        Subject: `Audit report ${definition.name} ${news.due.name}`,
        Message: newsText(news, place, 'topic'),
      }),
    );
  } catch (error) {
    throw explainAwsError(`sns:Publish to ${topicArn}`, error);
  }
}

function subjectOf({ order, due }: ReportNews): string {
  const { label, title } = order.definition;
  return `${label === '' ? '' : `[${label}] `}${title}, ${due.name}`;
}

function listed(counts: readonly Count[]): string {
  return counts.length === 0 ? '' : ` (${counts.map(countText).join(', ')})`;
}

function countText([name, count]: Count): string {
  return `${name} ${number(count)}`;
}
