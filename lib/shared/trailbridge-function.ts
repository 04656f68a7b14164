import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type CfnRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  type CfnFunction,
  type Code,
  type EventSourceMapping,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import type * as z from 'zod';
import { bundledCode } from './function-code.ts';
import { namedAlready } from './template-checks.ts';

export const DEFAULT_TIMEOUT = Duration.minutes(5);

export interface TrailbridgeFunctionProps<Environment extends z.ZodObject> {
  /** The handler's file below `lambda/`, such as `onboarding/cloud-account-handler.ts`. */
  readonly handler: string;

  /** @default - the handler's bundle, as an asset */
  readonly code?: Code;

  /** What the function does, for the Lambda console. */
  readonly description: string;

  /** The schema that the handler parses its environment with: the environment is typed by it. */
  readonly environmentSchema?: Environment;

  /**
   * The function's environment. Never a secret's value.
   *
   * @default - none
   */
  readonly environment?: Record<keyof z.input<Environment>, string>;

  /**
   * What the function may do besides writing its own log.
   *
   * They stand in the role itself, not in a policy of their own, so that whatever depends on the function
   * can count on them until it is deleted.
   *
   * @default - nothing
   */
  readonly permissions?: PolicyStatement[];

  /**
   * What the function calls itself in its log.
   *
   * @default - the construct's id
   */
  readonly serviceName?: string;

  /** @default DEFAULT_TIMEOUT */
  readonly timeout?: Duration;

  /**
   * Whether the function may send to the queue that calls it, more than sixteen times in a row: Lambda takes that for
   * a loop and stops it otherwise (AWS Lambda Developer Guide, "Use Lambda recursive loop detection").
   *
   * @default false
   */
  readonly callsItself?: boolean;

  /**
   * Megabytes; Lambda's processor share grows with it.
   *
   * @default 256
   */
  readonly memorySize?: number;
}

/**
 * A function of ours: Node.js 24 on arm64, its own role, its own log group.
 *
 * The log group is explicit, and the role may not create groups, so that a late invocation cannot bring
 * one back after the stack is gone.
 */
export class TrailbridgeFunction<Environment extends z.ZodObject = z.ZodObject> extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  /**
   * What to wait for before the function is called. They refer to the function, which refers to its role and its
   * log group; without them Lambda would deliver a failed call again.
   */
  readonly invocationSettings: IConstruct;

  constructor(scope: Construct, id: string, props: TrailbridgeFunctionProps<Environment>) {
    super(scope, id);

    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const writeOwnLog = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
      inlinePolicies: {
        Permissions: new PolicyDocument({ statements: [writeOwnLog, ...(props.permissions ?? [])] }),
      },
    });

    this.function = new LambdaFunction(this, 'Function', {
      code: props.code ?? bundledCode(props.handler),
      handler: 'index.handler',
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      timeout: props.timeout ?? DEFAULT_TIMEOUT,
      memorySize: props.memorySize ?? 256,
      environment: { POWERTOOLS_SERVICE_NAME: props.serviceName ?? id, ...props.environment },
      // A custom resource or queue decides itself what is tried again; Lambda's own retries would
      // deliver a creation twice.
      retryAttempts: 0,
      ...(props.callsItself ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
    });
    namedAlready(this.function.node.defaultChild as CfnFunction, this.role.node.defaultChild as CfnRole);
    this.invocationSettings = this.function.node.findChild('EventInvokeConfig');
    const asynchronous =
      'Called by CloudFormation or Secrets Manager, which tell of a failure themselves, or by a queue, which has a ' +
      'dead-letter queue. ' +
      'An event kept aside would hold the response URL of a custom resource.';
    Validations.of(this.function).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason: asynchronous },
      { id: 'Serverless-LambdaAsyncFailureDestination', reason: asynchronous },
      {
        id: 'Serverless-LambdaTracing',
        reason: 'Logs and ledger follow each object; X-Ray would add permissions that take no resource.',
      },
    );
  }
}

/**
 * Has a function work a queue off, reporting failures message by message. The function needs `receiveFrom(queue)`.
 *
 * @returns the mapping, for what must stand before the first message is taken.
 */
export function workOff(
  worker: TrailbridgeFunction<z.ZodObject>,
  queue: IQueue,
  props: { readonly batchSize: number; readonly maxConcurrency: number },
): EventSourceMapping {
  const mapping = worker.function.addEventSourceMapping('Queue', {
    eventSourceArn: queue.queueArn,
    batchSize: props.batchSize,
    reportBatchItemFailures: true,
    // Spares the account's concurrency; reserved concurrency would fail where the quota is low.
    maxConcurrency: props.maxConcurrency,
  });
  Validations.of(mapping).acknowledge({
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason: 'Lambda has failure destinations for streams only; a queue has its redrive policy.',
  });
  return mapping;
}

/** Lets the Lambda service take messages from a queue in the function's name. */
export function receiveFrom(queue: IQueue): PolicyStatement {
  return new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queue.queueArn],
  });
}

/**
 * May read secrets, and decrypt them through Secrets Manager only.
 *
 * @param keyArns the stack's key, and the one that the user's own secrets are encrypted with, if any.
 */
export function readSecret(secretArns: readonly string[], keyArns: readonly string[]): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [...secretArns] }),
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [...keyArns],
      conditions: {
        StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com` },
      },
    }),
  ];
}

/** May give one of the stack's own secrets a value, encrypted with the stack's key. */
export function writeSecret(secretArn: string, key: IKey): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['secretsmanager:PutSecretValue'], resources: [secretArn] }),
    new PolicyStatement({
      actions: ['kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com` } },
    }),
  ];
}
