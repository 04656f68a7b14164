import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { BACKFILL_KEY_PREFIX } from '../../contract/backfill.ts';
import { listerEnvironment } from '../../contract/listing.ts';
import { HEALTH_METRICS } from '../../contract/metrics.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { leadingKeys } from '../shared/leading-keys.ts';
import { DeadLetterQueue, WorkQueue } from '../shared/queues.ts';
import { acknowledgeLint } from '../shared/template-checks.ts';
import { receiveFrom, TrailbridgeFunction, workOff } from '../shared/trailbridge-function.ts';

export interface ListingProps {
  /** The bucket that is forwarded from, and its ARN. */
  readonly bucketArn: string;

  /** Where that is, which need not be the stack's region. */
  readonly bucketRegion: string;

  /** Of the trails that are known to write to it: a JSON array. */
  readonly keyPrefixes: string;

  /** Where objects are queued to be forwarded. */
  readonly forwardingQueue: IQueue;

  /** Keeps, beside what was forwarded, how far a backfill has come. */
  readonly ledger: ITable;
}

const LISTING_TIMEOUT = Duration.minutes(5);

/**
 * Lists files of which no event has come, or may have come, and queues them: what was stored before the deployment
 * or while events were off, what a long pause has outlasted, and whatever a backfill is asked for by command.
 */
export class Listing extends Construct {
  /** Takes requests; see `listingRequestSchema` and `backfillTurnSchema`. */
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly lister: TrailbridgeFunction<typeof listerEnvironment>;
  readonly mapping: EventSourceMapping;

  constructor(scope: Construct, id: string, props: ListingProps) {
    super(scope, id);
    this.deadLetterQueue = new DeadLetterQueue(this, 'LateObjectsDeadLetterQueue');
    this.queue = new WorkQueue(this, 'LateObjectsQueue', {
      functionTimeout: LISTING_TIMEOUT,
      deadLetterQueue: this.deadLetterQueue,
      maxReceiveCount: 5,
    });
    this.lister = new TrailbridgeFunction(this, 'Lister', {
      handler: 'listing/lister-handler.ts',
      description: 'Lists CloudTrail files of which no event may have come, and queues them.',
      environmentSchema: listerEnvironment,
      environment: {
        BUCKET_REGION: props.bucketRegion,
        FORWARDING_QUEUE_URL: props.forwardingQueue.queueUrl,
        LATE_OBJECTS_QUEUE_URL: this.queue.queueUrl,
        LEDGER_TABLE: props.ledger.tableName,
        TRAIL_PREFIXES: props.keyPrefixes,
      },
      timeout: LISTING_TIMEOUT,
      // A long listing goes on in message after message.
      callsItself: true,
      permissions: [
        receiveFrom(this.queue),
        new PolicyStatement({
          actions: ['s3:ListBucket', 's3:ListBucketVersions'],
          resources: [props.bucketArn],
        }),
        new PolicyStatement({
          actions: ['sqs:SendMessage'],
          resources: [props.forwardingQueue.queueArn, this.queue.queueArn],
        }),
        new PolicyStatement({
          actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          resources: [props.ledger.tableArn],
          // Items of the table that are not about objects.
          conditions: leadingKeys('StringLike', [`${BACKFILL_KEY_PREFIX}*`]),
        }),
      ],
    });
    acknowledgeLint(
      this.lister.role,
      'W1032',
      'A bucket is named wherever no new trail is made: a rule demands it.',
    );
    this.mapping = workOff(this.lister, this.queue, { batchSize: 1, maxConcurrency: 2 });

    TrailbridgeAlarm.onLooks(this, 'LateObjectsNotListed', {
      metricName: HEALTH_METRICS.lateObjectsNotListed,
      threshold: 0,
      description: 'Files of which no event may have come could not be listed.',
    });
  }
}
