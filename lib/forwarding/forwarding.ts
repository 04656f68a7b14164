import { Aws, Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  destinationEnvironment,
  destinationProbeProperties,
  FORWARDER_NODE_OPTIONS,
  forwarderEnvironment,
} from '../../contract/forwarding.ts';
import { LEDGER_EXPIRY_ATTRIBUTE, LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';
import { HEALTH_METRICS } from '../../contract/metrics.ts';
import { TrailbridgeAlarm } from '../shared/alarm.ts';
import { OverlappingGrant } from '../shared/overlapping-grant.ts';
import { DeadLetterQueue, WorkQueue } from '../shared/queues.ts';
import { acknowledgeLint } from '../shared/template-checks.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import { readSecret, receiveFrom, TrailbridgeFunction, workOff } from '../shared/trailbridge-function.ts';
import { CloudTrailLifecycle, type CloudTrailServiceAccess } from './cloudtrail-lifecycle.ts';
import { Draining } from './draining.ts';
import { objectCreatedPattern } from './object-created.ts';

export interface ForwardingProps {
  /** `CloudOne` or `VisionOne`. */
  readonly destination: string;
  readonly destinationUrl: string;
  readonly destinationApiVersion: string;

  /** Secret with the destination's token, and the keys that decrypt it. */
  readonly destinationTokenArn: string;
  readonly secretKeyArns: readonly string[];

  /** Cloud One's CloudTrail service; it stands only where that is the destination. */
  readonly cloudTrailService: CloudTrailServiceAccess;

  /** Which records are not forwarded, as `parseRecordFilter` gives it back; empty where all are. */
  readonly filter: string;

  /** The bucket that CloudTrail writes to. */
  readonly bucketName: string;

  /** Where that is, which need not be the stack's region. */
  readonly bucketRegion: string;

  /** May decrypt what the bucket holds. */
  readonly decryptFiles: PolicyStatement;

  /** `Fail` or `Continue`. */
  readonly onVendorDeleteFailure: string;

  /** What makes the destination be proven again; see `TrailbridgeCustomResourceProps.triggers`. */
  readonly triggers: Record<string, string>;
}

/** Tries after which the forwarder dead-letters an object itself, with its reason, if that may lie with it. */
const MAXIMUM_TRIES = 5;
/**
 * The most that SQS allows. Whatever can be said of a message, the forwarder says; this is for the day when it
 * cannot even begin. In an outage a message comes back some 900 times before the queue would drop it.
 */
const MAXIMUM_QUEUE_RECEIVES = 1000;
const FORWARDER_TIMEOUT = Duration.minutes(2);
export const FORWARDER_MEMORY_MB = 1024;
/** Messages that an invocation of the forwarder is given at most. */
export const BATCH_SIZE = 10;
/** Invocations of the forwarder at the same time, at most. */
export const MAXIMUM_CONCURRENCY = 20;

/**
 * The way of a CloudTrail file: bucket, EventBridge rule, queue, forwarder, destination.
 *
 * Whatever must be forwarded enters through the one queue.
 */
export class Forwarding extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly ledger: Table;
  readonly rule: Rule;

  /** Of events that EventBridge could not put into the queue. */
  readonly eventDeadLetterQueue: Queue;

  /** What has the forwarder work off its queue; disabled while forwarding is paused. */
  readonly mapping: EventSourceMapping;
  readonly probe: TrailbridgeCustomResource;

  readonly forwarder: TrailbridgeFunction<typeof forwarderEnvironment>;

  /** Tells Cloud One of this stack, where Cloud One is the destination. */
  readonly lifecycle: CloudTrailLifecycle;

  /** What makes events flow from a bucket must depend on it. */
  readonly draining: Draining;

  constructor(scope: Construct, id: string, props: ForwardingProps) {
    super(scope, id);

    this.deadLetterQueue = new DeadLetterQueue(this, 'DeadLetterQueue');
    this.queue = new WorkQueue(this, 'Queue', {
      functionTimeout: FORWARDER_TIMEOUT,
      deadLetterQueue: this.deadLetterQueue,
      maxReceiveCount: MAXIMUM_QUEUE_RECEIVES,
    });
    this.ledger = new Table(this, 'Ledger', {
      partitionKey: { name: LEDGER_PARTITION_KEY, type: AttributeType.STRING },
      timeToLiveAttribute: LEDGER_EXPIRY_ATTRIBUTE,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.eventDeadLetterQueue = new DeadLetterQueue(this, 'EventRuleDeadLetterQueue');
    this.rule = this.objectCreatedRule(props.bucketName);

    const environment = {
      DESTINATION: props.destination,
      DESTINATION_URL: props.destinationUrl,
      DESTINATION_API_VERSION: props.destinationApiVersion,
      DESTINATION_TOKEN_SECRET_ARN: props.destinationTokenArn,
    };
    const readToken = () => readSecret([props.destinationTokenArn], props.secretKeyArns);
    const { cloudTrailService: service, triggers } = props;
    this.lifecycle = new CloudTrailLifecycle(this, 'CloudTrailLifecycle', { service, triggers });
    this.probe = new TrailbridgeCustomResource(this, 'DestinationProbe', {
      triggers: { ...triggers, DestinationTokenArn: props.destinationTokenArn },
      type: 'ForwardingDestination',
      handler: 'forwarding/destination-probe-handler.ts',
      description: 'Proves at deployment that the destination accepts what the forwarder sends.',
      environmentSchema: destinationEnvironment,
      environment,
      permissions: readToken(),
      propertiesSchema: destinationProbeProperties,
      properties: {
        Destination: props.destination as 'CloudOne',
        DestinationUrl: props.destinationUrl,
        // After it, where there is one: a plain dependency must not name what may not exist.
        After: Fn.conditionIf(service.condition.logicalId, this.lifecycle.resource.ref, '').toString(),
      },
    });

    this.forwarder = new TrailbridgeFunction(this, 'Forwarder', {
      handler: 'forwarding/forwarder-handler.ts',
      description: 'Forwards CloudTrail files to the destination.',
      environmentSchema: forwarderEnvironment,
      environment: {
        ...environment,
        STACK_NAME: Aws.STACK_NAME,
        LEDGER_TABLE: this.ledger.tableName,
        BUCKET_REGION: props.bucketRegion,
        QUEUE_URL: this.queue.queueUrl,
        FORWARDING_FILTER: props.filter,
        DEAD_LETTER_QUEUE_URL: this.deadLetterQueue.queueUrl,
        MAXIMUM_TRIES: String(MAXIMUM_TRIES),
      },
      timeout: FORWARDER_TIMEOUT,
      memorySize: FORWARDER_MEMORY_MB,
      permissions: [
        new PolicyStatement({
          actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
          resources: [this.ledger.tableArn],
        }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetterQueue.queueArn] }),
        receiveFrom(this.queue),
        new PolicyStatement({ actions: ['sqs:ChangeMessageVisibility'], resources: [this.queue.queueArn] }),
      ],
    });
    const { forwarder } = this;
    forwarder.function.addEnvironment('NODE_OPTIONS', FORWARDER_NODE_OPTIONS);
    const grant = this.grant(forwarder, props, readToken());
    // The first file is taken from the queue, and an updated forwarder goes to work, only when the destination
    // is known to accept it, and when it may read what it needs.
    this.mapping = workOff(forwarder, this.queue, {
      batchSize: BATCH_SIZE,
      maxConcurrency: MAXIMUM_CONCURRENCY,
    });
    this.mapping.node.addDependency(this.probe.resource, grant);
    forwarder.function.node.addDependency(this.probe.resource, grant);

    this.draining = new Draining(this, 'Draining', {
      bucketName: props.bucketName,
      queue: this.queue,
      grant,
    });
    this.rule.node.addDependency(this.draining.resource);
    this.alarms();
  }

  /** What changes with the bucket and the destination: for a while both are there, in an update that changes one. */
  private grant(
    forwarder: TrailbridgeFunction<typeof forwarderEnvironment>,
    { bucketName, decryptFiles, destination }: ForwardingProps,
    readToken: PolicyStatement[],
  ): OverlappingGrant {
    const grant = new OverlappingGrant(this, 'ForwarderGrant', {
      role: forwarder.role,
      policyName: `From-${bucketName}-To-${destination}`,
      statements: [
        ...readToken,
        new PolicyStatement({
          actions: ['s3:GetObject', 's3:GetObjectVersion'],
          resources: [`arn:${Aws.PARTITION}:s3:::${bucketName}/*`],
        }),
        // Without it S3 says "access denied" of an object that is gone.
        new PolicyStatement({
          actions: ['s3:ListBucket'],
          resources: [`arn:${Aws.PARTITION}:s3:::${bucketName}`],
        }),
        decryptFiles,
      ],
    });
    acknowledgeLint(
      grant.policy,
      'W1032',
      'A bucket is named wherever no new trail is made: a rule demands it.',
    );
    const objects = JSON.stringify(Stack.of(this).resolve(bucketName));
    Validations.of(grant).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${objects}/*]`,
      reason: 'CloudTrail names the objects, and any of them may have to be forwarded.',
    });
    return grant;
  }

  private objectCreatedRule(bucketName: string): Rule {
    TrailbridgeAlarm.onLooks(this, 'EventsNotDelivered', {
      metricName: HEALTH_METRICS.eventsNotDelivered,
      threshold: 0,
      description: 'EventBridge could not put an event into the forwarding queue.',
    });
    return new Rule(this, 'ObjectCreated', {
      description: 'CloudTrail log and Insight files that land in the bucket go to the forwarding queue.',
      eventPattern: objectCreatedPattern(bucketName),
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.eventDeadLetterQueue })],
    });
  }

  private alarms(): void {
    TrailbridgeAlarm.onLooks(this, 'DeadLetters', {
      metricName: HEALTH_METRICS.deadLettersWaiting,
      threshold: 0,
      description:
        'A file could not be forwarded; its message waits in the dead-letter queue with the reason.',
    });
    TrailbridgeAlarm.onLooks(this, 'QueueAge', {
      metricName: HEALTH_METRICS.oldestFileAge,
      threshold: Duration.minutes(30).toSeconds(),
      description: 'Files wait longer than half an hour to be forwarded.',
    });
  }
}
