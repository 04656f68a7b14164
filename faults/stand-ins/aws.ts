/** AWS, as the forwarder calls it: one server for S3, DynamoDB, Secrets Manager and SQS. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ForwarderWrite, writeOf } from '../../test/stand-ins/dynamodb/forwarder-table.ts';
import type { SimulatedClock } from '../clock.ts';
import type { Moments } from '../moments.ts';
import { type AwsAnswer, success } from './aws-answer.ts';
import { DynamoDbStandIn } from './dynamodb.ts';
import { bodyOf, LocalServer, sendObject } from './http.ts';
import { S3StandIn } from './s3.ts';
import { SecretsManagerStandIn } from './secrets-manager.ts';
import { Queue } from './sqs.ts';

export type Operation =
  | 'GetObject'
  | 'GetItem'
  | 'UpdateItem'
  | 'GetSecretValue'
  | 'SendMessage'
  | 'ChangeMessageVisibilityBatch';

export interface AwsCall {
  /** Of this operation, from 1. */
  readonly number: number;
  /** Of an `UpdateItem`. */
  readonly write: ForwarderWrite | undefined;
  /** Of a `GetObject`. */
  readonly key: string | undefined;
}

/** What goes wrong with a call: an error's answer, no answer, a broken connection, or half a body. */
export type AwsTrouble = AwsAnswer | 'hang' | 'reset' | 'cut-off';

/** The queues' settings are the template's. */
const VISIBILITY_TIMEOUT_MS = 720_000;
const MAXIMUM_QUEUE_RECEIVES = 1000;

type Json = Readonly<Record<string, unknown>>;

export class AwsStandIn {
  readonly server = new LocalServer((request, response) => this.#serve(request, response));
  readonly s3: S3StandIn;
  readonly dynamoDb: DynamoDbStandIn;
  readonly secrets: SecretsManagerStandIn;
  readonly deadLetters: Queue;
  readonly queue: Queue;
  readonly calls = new Map<string, number>();
  readonly #moments: Moments;
  readonly #troubles = new Map<Operation, (call: AwsCall) => AwsTrouble | undefined>();

  constructor(clock: SimulatedClock, moments: Moments, isVersioned: boolean) {
    const now = () => clock.now();
    this.#moments = moments;
    this.s3 = new S3StandIn(isVersioned);
    this.dynamoDb = new DynamoDbStandIn(moments);
    this.secrets = new SecretsManagerStandIn(now);
    this.deadLetters = new Queue(now, { visibilityTimeoutMs: 30_000 });
    this.queue = new Queue(now, {
      visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
      redrive: { to: this.deadLetters, maxReceiveCount: MAXIMUM_QUEUE_RECEIVES },
    });
  }

  /** @param trouble asked before each call of the operation; `undefined` lets it be. */
  trouble(operation: Operation, trouble: (call: AwsCall) => AwsTrouble | undefined): void {
    this.#troubles.set(operation, trouble);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = (request.method === 'GET' ? 'GetObject' : (target.split('.')[1] ?? '')) as Operation;
    const number = (this.calls.get(operation) ?? 0) + 1;
    this.calls.set(operation, number);
    const input = (target === '' ? {} : JSON.parse(body.toString())) as Json;
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const key =
      operation === 'GetObject' ? decodeURIComponent(url.pathname).split('/').slice(2).join('/') : undefined;
    const write = operation === 'UpdateItem' ? writeOf(input as never) : undefined;
    const trouble = this.#troubles.get(operation)?.({ number, write, key });
    if (trouble === 'hang') {
      return;
    }
    if (trouble === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (key !== undefined) {
      await this.#moments.come('before GetObject');
      const ifMatch = request.headers['if-match'];
      const found = this.s3.get(key, url.searchParams.get('versionId'), ifMatch);
      await sendObject(
        response,
        trouble === 'cut-off' || trouble === undefined ? found : trouble,
        trouble === 'cut-off',
      );
      await this.#moments.come('after GetObject');
      return;
    }
    const isAnswer = typeof trouble === 'object';
    const answer = isAnswer ? trouble : await this.#answer(operation, input);
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0', ...answer.headers });
    response.end(answer.body);
  }

  async #answer(operation: string, input: Json): Promise<AwsAnswer> {
    switch (operation) {
      case 'GetItem':
        return this.dynamoDb.getItem(input as never);
      case 'UpdateItem':
        return await this.dynamoDb.updateItem(input as never);
      case 'GetSecretValue':
        return this.secrets.getSecretValue(input as never);
      case 'DescribeSecret':
        return this.secrets.describeSecret(input as never);
      case 'PutSecretValue':
        return this.secrets.putSecretValue(input as never);
      case 'UpdateSecretVersionStage':
        return this.secrets.updateSecretVersionStage(input as never);
      case 'SendMessage':
        return await this.#sendMessage(input as never);
      case 'ChangeMessageVisibilityBatch':
        return await this.#changeVisibility(input as never);
      default:
        throw new Error(`a call that no function makes: ${operation}`);
    }
  }

  /** Only dead letters are sent. */
  async #sendMessage(input: {
    readonly MessageBody: string;
    readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
  }): Promise<AwsAnswer> {
    await this.#moments.come('before the dead letter');
    const attributes = Object.entries(input.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
      name,
      StringValue,
    ]);
    const { id } = this.deadLetters.send(input.MessageBody, { attributes: Object.fromEntries(attributes) });
    await this.#moments.come('after the dead letter');
    // The SDK compares the digest with what it sent.
    const MD5OfMessageBody = createHash('md5').update(input.MessageBody).digest('hex');
    return success({ MessageId: id, MD5OfMessageBody });
  }

  async #changeVisibility(input: {
    readonly Entries: readonly {
      readonly Id: string;
      readonly ReceiptHandle: string;
      readonly VisibilityTimeout: number;
    }[];
  }): Promise<AwsAnswer> {
    await this.#moments.come('before the redelivery');
    const isThere = Map.groupBy(input.Entries, ({ ReceiptHandle, VisibilityTimeout }) =>
      this.queue.changeVisibility(ReceiptHandle, VisibilityTimeout),
    );
    await this.#moments.come('after the redelivery');
    return success({
      Successful: (isThere.get(true) ?? []).map(({ Id }) => ({ Id })),
      Failed: (isThere.get(false) ?? []).map(({ Id }) => ({
        Id,
        Code: 'InvalidParameterValue',
        SenderFault: true,
      })),
    });
  }
}
