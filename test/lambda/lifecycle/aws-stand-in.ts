/**
 * The AWS services that custom resources call, over HTTP behind the real SDK clients, as far as they call them.
 * They stand beside the simulated vendors, so that the same faults strike them.
 *
 * Sources: the API references of Amazon S3, SQS, Secrets Manager, KMS and CloudFormation.
 */
import { createHash } from 'node:crypto';
import type { GetItemInput, UpdateItemInput } from '@aws-sdk/client-dynamodb';
import { type Call, json, Refused, type Reply } from '../../../rehearsal/vendors/http.ts';
import type { Service } from '../../../rehearsal/vendors/router.ts';
import { Table } from '../../stand-ins/dynamodb/table.ts';

export interface Bucket {
  /** The XML elements of its notification configuration, as they were put. */
  notifications: string[];
  /** Keys, each of one version. */
  objects: string[];
}

export interface AwsStandIn {
  readonly services: readonly Service[];
  readonly buckets: Map<string, Bucket>;
  /** Values by ARN. */
  readonly secrets: Map<string, string>;
  /** Bodies of the messages sent. */
  readonly messages: string[];
  readonly keysGoing: Set<string>;
  /** SSM parameters by name. */
  readonly parameters: Map<string, string>;
  readonly table: Table;
  stackStatus: string;
  reset(): void;
}

export const EVENT_BRIDGE = '<EventBridgeConfiguration/>';
const REGION = 'us-east-1';

/** The hosts, which are the first part of a path behind the simulator's address. */
export const AWS_HOSTS = {
  s3: 's3.aws.stand-in',
  sqs: 'sqs.aws.stand-in',
  secretsManager: 'secretsmanager.aws.stand-in',
  kms: 'kms.aws.stand-in',
  cloudFormation: 'cloudformation.aws.stand-in',
  ssm: 'ssm.aws.stand-in',
  dynamoDb: 'dynamodb.aws.stand-in',
  eventBridge: 'events.aws.stand-in',
} as const;

export function awsStandIn(): AwsStandIn {
  const aws: AwsStandIn = {
    services: [],
    buckets: new Map(),
    secrets: new Map(),
    messages: [],
    keysGoing: new Set(),
    parameters: new Map(),
    table: new Table(),
    stackStatus: 'DELETE_IN_PROGRESS',
    reset: () => {
      aws.buckets.clear();
      aws.secrets.clear();
      aws.messages.length = 0;
      aws.keysGoing.clear();
      aws.parameters.clear();
      aws.table.items.clear();
      aws.stackStatus = 'DELETE_IN_PROGRESS';
    },
  };
  const services = [
    s3(aws),
    sqs(aws),
    secretsManager(aws),
    kms(aws),
    cloudFormation(aws),
    ssm(aws),
    dynamoDb(aws),
    eventBridge(),
  ];
  return Object.assign(aws, { services });
}

function xml(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body };
}

function s3({ buckets }: AwsStandIn): Service {
  const existing = (name = ''): Bucket => {
    const bucket = buckets.get(name);
    if (bucket === undefined) {
      throw new Refused(404, 'The specified bucket does not exist', 'NoSuchBucket');
    }
    return bucket;
  };
  const handle = (call: Call, name: string | undefined): Reply => {
    const { method, query } = call;
    const bucket = existing(name);
    const body = call.body.toString('utf8');
    if (query.has('notification')) {
      if (method === 'PUT') {
        bucket.notifications = elementsOf(body);
        return xml(200, '');
      }
      return xml(
        200,
        `<NotificationConfiguration>${bucket.notifications.join('')}</NotificationConfiguration>`,
      );
    }
    if (query.has('policy')) {
      return { status: 204, headers: {}, body: '' };
    }
    if (query.has('versions')) {
      const versions = bucket.objects.map(
        (key) => `<Version><Key>${key}</Key><VersionId>null</VersionId><Size>1</Size></Version>`,
      );
      return xml(200, `<ListVersionsResult>${versions.join('')}</ListVersionsResult>`);
    }
    if (query.has('uploads')) {
      return xml(200, '<ListMultipartUploadsResult></ListMultipartUploadsResult>');
    }
    if (query.has('delete')) {
      const keys = [...body.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key);
      bucket.objects = bucket.objects.filter((key) => !keys.includes(key));
      return xml(200, '<DeleteResult></DeleteResult>');
    }
    if (method === 'DELETE') {
      if (bucket.objects.length > 0) {
        throw new Refused(409, 'The bucket you tried to delete is not empty', 'BucketNotEmpty');
      }
      buckets.delete(name ?? '');
      return { status: 204, headers: {}, body: '' };
    }
    return xml(200, '', { 'x-amz-bucket-region': REGION });
  };
  const routes = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'].flatMap((method) =>
    ['/{bucket}', '/{bucket}/'].map((path) => ({
      method,
      path,
      handle: (call: Call, { bucket }: Readonly<Record<string, string>>) => handle(call, bucket),
    })),
  );
  return { host: AWS_HOSTS.s3, routes, refusal: (refused) => xml(refused.status, errorXml(refused)) };
}

/** The elements right below the document's own. */
function elementsOf(document: string): string[] {
  const inner =
    /<NotificationConfiguration[^>]*>([\s\S]*)<\/NotificationConfiguration>/.exec(document)?.[1] ?? '';
  return [...inner.matchAll(/<(\w+)>[\s\S]*?<\/\1>|<(\w+)\s*\/>/g)].map(([element]) =>
    element.replace('<EventBridgeConfiguration></EventBridgeConfiguration>', EVENT_BRIDGE),
  );
}

function errorXml({ code = 'InternalError', message }: Refused): string {
  return `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

type Operations = Readonly<Record<string, (input: Readonly<Record<string, string>>) => object>>;

/** A service of the JSON protocol: the operation stands in the header `x-amz-target`. */
function jsonService(host: string, operations: Operations): Service {
  const handle = (call: Call): Reply => {
    const operation = String(call.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const perform = operations[operation];
    if (perform === undefined) {
      throw new Refused(400, `The stand-in has no ${operation}.`, 'UnknownOperationException');
    }
    return json(200, perform(JSON.parse(call.body.toString('utf8'))), {
      'content-type': 'application/x-amz-json-1.1',
    });
  };
  return {
    host,
    routes: ['/', '/{account}/{name}'].map((path) => ({ method: 'POST', path, handle })),
    refusal: ({ status, code = 'InternalFailure', message }) => json(status, { __type: code, message }),
  };
}

function sqs({ messages }: AwsStandIn): Service {
  return jsonService(AWS_HOSTS.sqs, {
    SendMessage: ({ MessageBody = '' }) => {
      messages.push(MessageBody);
      const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
      return { MessageId: String(messages.length), MD5OfMessageBody };
    },
  });
}

function secretsManager({ secrets }: AwsStandIn): Service {
  const existing = (arn = ''): string => {
    const value = secrets.get(arn);
    if (value === undefined) {
      throw new Refused(400, "Secrets Manager can't find the specified secret.", 'ResourceNotFoundException');
    }
    return value;
  };
  return jsonService(AWS_HOSTS.secretsManager, {
    GetSecretValue: ({ SecretId }) => ({ ARN: SecretId, SecretString: existing(SecretId) }),
    PutSecretValue: ({ SecretId = '', SecretString = '' }) => {
      existing(SecretId);
      secrets.set(SecretId, SecretString);
      return { ARN: SecretId };
    },
  });
}

function kms({ keysGoing }: AwsStandIn): Service {
  return jsonService(AWS_HOSTS.kms, {
    ScheduleKeyDeletion: ({ KeyId = '' }) => {
      if (keysGoing.has(KeyId)) {
        throw new Refused(400, `${KeyId} is pending deletion.`, 'KMSInvalidStateException');
      }
      keysGoing.add(KeyId);
      return { KeyId };
    },
  });
}

function ssm({ parameters }: AwsStandIn): Service {
  return jsonService(AWS_HOSTS.ssm, {
    GetParameter: ({ Name = '' }) => ({ Parameter: { Name, Value: parameters.get(Name) ?? 'none' } }),
    PutParameter: ({ Name = '', Value = '' }) => {
      parameters.set(Name, Value);
      return { Version: 1 };
    },
  });
}

function dynamoDb({ table }: AwsStandIn): Service {
  return jsonService(AWS_HOSTS.dynamoDb, {
    GetItem: (input) => table.getItem(input as unknown as GetItemInput),
    UpdateItem: (input) => table.updateItem(input as unknown as UpdateItemInput),
  });
}

/** Nobody else counts on a bucket's events. */
function eventBridge(): Service {
  return jsonService(AWS_HOSTS.eventBridge, { ListRules: () => ({ Rules: [] }) });
}

function cloudFormation(aws: AwsStandIn): Service {
  const describe = (): Reply =>
    xml(
      200,
      '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>CloudOne</StackName>' +
        `<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${aws.stackStatus}</StackStatus>` +
        '</member></Stacks></DescribeStacksResult></DescribeStacksResponse>',
    );
  return {
    host: AWS_HOSTS.cloudFormation,
    routes: [{ method: 'POST', path: '/', handle: describe }],
    refusal: (refused) =>
      xml(refused.status, `<ErrorResponse>${errorXml(refused)}<RequestId>1</RequestId></ErrorResponse>`),
  };
}
