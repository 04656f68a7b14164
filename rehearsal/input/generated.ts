/**
 * A small set of CloudTrail files for a machine that has only the repository: what CloudTrail mostly
 * writes (small files, several accounts and regions), and what it writes now and then.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Corpus, corpusOf, type InputFile } from './corpus.ts';

const ACCOUNTS = ['111122223333', '444455556666'];
const REGIONS = ['us-east-1', 'eu-central-1', 'ap-northeast-1'];
const SLOTS = 10;
const EVENTS_PER_FILE = 20;
/** Enough to be cut into several parts. */
const EVENTS_IN_LARGE_FILE = 9_000;
const DAY = { folder: '2026/01/15', compact: '20260115', iso: '2026-01-15' };

/** The same files, byte for byte, whenever it is called. */
export function generatedCorpus(): Corpus {
  const usual = ACCOUNTS.flatMap((account) =>
    REGIONS.flatMap((region) =>
      Array.from({ length: SLOTS }, (_, slot) =>
        file({ account, region, slot }, document(records(`${account}/${region}/${slot}`, EVENTS_PER_FILE))),
      ),
    ),
  );
  const [account = ''] = ACCOUNTS;
  const at = { account, region: 'us-west-2' };
  return corpusOf('generated', [
    ...usual,
    file({ ...at, slot: 0 }, document(records('large', EVENTS_IN_LARGE_FILE))),
    file({ ...at, slot: 1 }, document([])),
    file({ ...at, slot: 2 }, severalMembers(records('members', EVENTS_PER_FILE))),
    file({ ...at, slot: 3, kind: 'CloudTrail-Insight' }, document(records('insight', 2))),
    file({ ...at, slot: 4, prefix: 'audit/logs' }, document(records('prefixed', EVENTS_PER_FILE))),
    file(
      { ...at, slot: 5, organization: 'o-exampleorgid' },
      document(records('organization', EVENTS_PER_FILE)),
    ),
    // Cut off in transit: no destination can take it, so it must end in the dead-letter queue.
    file({ ...at, slot: 7 }, document(records('truncated', EVENTS_PER_FILE)).subarray(0, 400)),
    // A digest: it lies in the same bucket and must not be forwarded.
    file({ ...at, slot: 6, kind: 'CloudTrail-Digest' }, gzipSync('{"logFiles":[]}')),
  ]);
}

interface Place {
  readonly account: string;
  readonly region: string;
  /** Five-minute slot of the day. */
  readonly slot: number;
  readonly kind?: string;
  readonly prefix?: string;
  readonly organization?: string;
}

function file(place: Place, body: Buffer): InputFile {
  const { account, region, slot, kind = 'CloudTrail', prefix, organization } = place;
  const time = `${DAY.compact}T${String(10 + Math.floor(slot / 12)).padStart(2, '0')}${String((slot % 12) * 5).padStart(2, '0')}Z`;
  const unique = uniqueId(JSON.stringify(place));
  const parts = [
    prefix,
    'AWSLogs',
    organization,
    account,
    kind,
    region,
    DAY.folder,
    `${account}_${kind}_${region}_${time}_${unique}.json.gz`,
  ];
  return { key: parts.filter((part) => part !== undefined).join('/'), body };
}

function document(events: readonly object[]): Buffer {
  return gzipSync(JSON.stringify({ Records: events }));
}

/** A gzip file of two members, which is one file to every gzip reader. */
function severalMembers(events: readonly object[]): Buffer {
  const text = JSON.stringify({ Records: events });
  const middle = Math.floor(text.length / 2);
  return Buffer.concat([gzipSync(text.slice(0, middle)), gzipSync(text.slice(middle))]);
}

const CALLS = [
  ['ec2.amazonaws.com', 'DescribeInstances'],
  ['s3.amazonaws.com', 'GetBucketAcl'],
  ['iam.amazonaws.com', 'ListAccessKeys'],
  ['kms.amazonaws.com', 'Decrypt'],
  ['sts.amazonaws.com', 'AssumeRole'],
] as const;

function records(seed: string, count: number): object[] {
  return Array.from({ length: count }, (_, index) => {
    const hash = createHash('sha256').update(`${seed}/${index}`).digest('hex');
    const [eventSource, eventName] = CALLS[index % CALLS.length] ?? CALLS[0];
    return {
      eventVersion: '1.11',
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROA${hash.slice(0, 16).toUpperCase()}:session-${index}`,
        arn: `arn:aws:sts::111122223333:assumed-role/Application/session-${index}`,
        accountId: '111122223333',
      },
      eventTime: `${DAY.iso}T10:${String(index % 60).padStart(2, '0')}:${hash.charCodeAt(0) % 60}Z`.replace(
        /:(\d)Z/,
        ':0$1Z',
      ),
      eventSource,
      eventName,
      awsRegion: 'us-east-1',
      sourceIPAddress: `198.51.100.${index % 255}`,
      userAgent: 'aws-sdk-js/3.1169.0 ua/2.1 "quoted" 日本語 \\ back\u2028slash',
      requestParameters: { filter: hash.slice(0, 40), nested: { Records: ['not these'], empty: {} } },
      responseElements: null,
      requestID: uuid(hash.slice(0, 32)),
      eventID: uuid(hash.slice(32)),
      readOnly: index % 3 !== 0,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '111122223333',
      eventCategory: 'Management',
    };
  });
}

function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

function uniqueId(seed: string): string {
  return createHash('sha256')
    .update(seed)
    .digest('base64')
    .replace(/[^0-9A-Za-z]/g, '')
    .slice(0, 16);
}
