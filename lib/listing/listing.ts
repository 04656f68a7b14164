import { type CfnResource, Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { BACKFILL_KEY_PREFIX } from '../../contract/backfill.ts';
import { listerEnvironment } from '../../contract/listing.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
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
          conditions: {
            'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${BACKFILL_KEY_PREFIX}*`] },
          },
        }),
      ],
    });
    acknowledgeLint(
      this.lister.role,
      'W1032',
      'A bucket is named wherever no new trail is made: a rule demands it.',
    );
    this.mapping = workOff(this.lister, this.queue, { batchSize: 1, maxConcurrency: 2 });

    const alarm = TrailbridgeAlarm.onDeadLetters(
      this,
      'LateObjectsNotListed',
      this.deadLetterQueue,
      'Files of which no event may have come could not be listed.',
    );
    keepFormerIds(this.queue, this.deadLetterQueue, alarm);
  }
}

/**
 * The ids from before this was a feature of its own. A queue that is replaced takes its messages with it; a former
 * policy that is deleted takes its queue's with it; an alarm's name cannot be given to another while it stands.
 */
function keepFormerIds(queue: Queue, deadLetterQueue: Queue, alarm: TrailbridgeAlarm): void {
  const former: readonly [IConstruct, string][] = [
    [queue, 'ExistingBucketLateObjectsQueue2B370D4E'],
    [queue.node.findChild('Policy'), 'ExistingBucketLateObjectsQueuePolicy752EA8CD'],
    [deadLetterQueue, 'ExistingBucketLateObjectsDeadLetterQueue039B2C0B'],
    [deadLetterQueue.node.findChild('Policy'), 'ExistingBucketLateObjectsDeadLetterQueuePolicy40EBD3DD'],
    [alarm, 'ExistingBucketLateObjectsNotListedAlarm670E4CA1'],
  ];
  for (const [construct, id] of former) {
    (construct.node.defaultChild as CfnResource).overrideLogicalId(id);
  }
}
