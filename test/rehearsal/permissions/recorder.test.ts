import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallLogError, readCallLog, recordingEnvironment } from '../../../rehearsal/permissions/call-log.ts';
import { startStandIn } from './stand-in.ts';

const require = createRequire(import.meta.url);
let aws: Awaited<ReturnType<typeof startStandIn>>;
let folder: string;
let callLog: string;

beforeAll(async () => {
  aws = await startStandIn();
});
afterAll(() => aws.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'call recorder-'));
  callLog = join(folder, 'calls.ndjson');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs code in a process such as the local AWS runs functions in. @returns what it printed */
async function runFunction(code: string, environment: Record<string, string> = {}): Promise<string> {
  const file = join(folder, 'index.mjs');
  await writeFile(file, code);
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    env: {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'key-material',
      AWS_LAMBDA_FUNCTION_NAME: 'forwarder',
      ...recordingEnvironment(callLog),
      ...environment,
    },
  });
  return stdout;
}

/** Code that makes calls with a real client of the SDK. */
function withClient(name: 'secrets-manager' | 's3' | 'dynamodb' | 'sqs' | 'sts', body: string): string {
  const specifier = JSON.stringify(require.resolve(`@aws-sdk/client-${name}`));
  return `import * as sdk from ${specifier};\n${body}`;
}

function calls(name: Parameters<typeof withClient>[0], client: string, ...commands: string[]): string {
  const sends = commands.map((command) => `await client.send(new sdk.${command}).catch(() => {});`);
  const configuration = '{ maxAttempts: 1, forcePathStyle: true }';
  // A function does not wait for connections to close.
  const statements = [`const client = new sdk.${client}(${configuration});`, ...sends, 'process.exit();'];
  return withClient(name, statements.join('\n'));
}

describe('the recorder', () => {
  it("records the SDK's JSON calls with who made them, what they are about and how they ended", async () => {
    await runFunction(
      calls(
        'dynamodb',
        'DynamoDBClient',
        "GetItemCommand({ TableName: 'ledger', Key: { object: { S: 'a key' } } })",
      ),
    );

    const { calls: recorded, failures } = await readCallLog(callLog);

    expect(failures).toEqual([]);
    expect(recorded).toEqual([
      {
        time: expect.any(String),
        function: 'forwarder',
        service: 'dynamodb',
        region: 'eu-central-1',
        method: 'POST',
        host: new URL(aws.url).host,
        path: '/',
        headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
        parameters: { TableName: 'ledger' },
        leadingKeys: ['a key'],
        status: 400,
      },
    ]);
  });

  it('records the partition keys that a call is about, and nothing else of its items', async () => {
    const item = "{ pk: { S: 'checkpoint' }, sk: { S: 'the secret' }, told: { S: 'the secret' } }";
    const question =
      "KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'stale' }, ':told': { S: 'the secret' } }";
    await runFunction(
      calls(
        'dynamodb',
        'DynamoDBClient',
        `PutItemCommand({ TableName: 'archive', Item: ${item} })`,
        `QueryCommand({ TableName: 'archive', ${question} })`,
        "ScanCommand({ TableName: 'archive', FilterExpression: 'a = :pk', ExpressionAttributeValues: { ':pk': { S: 'the secret' } } })",
      ),
    );

    const { calls: recorded } = await readCallLog(callLog);

    expect(recorded.map(({ leadingKeys }) => leadingKeys)).toEqual([['checkpoint'], ['stale'], undefined]);
    expect(await readFile(callLog, 'utf8')).not.toContain('the secret');
  });

  it('never records a secret, an item, a message or a signature', async () => {
    await runFunction(
      calls(
        'secrets-manager',
        'SecretsManagerClient',
        "PutSecretValueCommand({ SecretId: 'ServiceToken', SecretString: 'the secret value' })",
        "GetSecretValueCommand({ SecretId: 'ServiceToken' })",
      ),
    );
    await runFunction(
      calls(
        'sqs',
        'SQSClient',
        "SendMessageCommand({ QueueUrl: 'http://a/1/queue', MessageBody: 'the secret body' })",
      ),
    );

    const text = await readFile(callLog, 'utf8');

    expect(text).not.toMatch(/the secret|Signature|AKIDEXAMPLE|key-material/);
    const { calls: recorded } = await readCallLog(callLog);
    expect(recorded.map(({ headers, parameters }) => [headers['x-amz-target'], parameters])).toEqual([
      ['secretsmanager.PutSecretValue', { SecretId: 'ServiceToken' }],
      ['secretsmanager.GetSecretValue', { SecretId: 'ServiceToken' }],
      ['AmazonSQS.SendMessage', { QueueUrl: 'http://a/1/queue' }],
    ]);
  });

  it("records S3's paths, and what a multi-object delete deletes", async () => {
    await runFunction(
      calls(
        's3',
        'S3Client',
        "GetObjectCommand({ Bucket: 'trail', Key: 'a/b c.gz', VersionId: 'v1' })",
        "PutObjectCommand({ Bucket: 'trail', Key: 'k', Body: 'the content' })",
        "DeleteObjectsCommand({ Bucket: 'trail', Delete: { Objects: [{ Key: 'a&b<c>' }, { Key: 'é', VersionId: 'v2' }] } })",
      ),
    );

    const { calls: recorded } = await readCallLog(callLog);

    expect(recorded.map(({ method, path, objects }) => [method, path, objects])).toEqual([
      ['GET', '/trail/a/b%20c.gz?versionId=v1&x-id=GetObject', undefined],
      ['PUT', '/trail/k?x-id=PutObject', undefined],
      ['POST', '/trail/?delete=', [{ key: 'a&b<c>' }, { key: 'é', versionId: 'v2' }]],
    ]);
    expect(await readFile(callLog, 'utf8')).not.toContain('the content');
  });

  it('records the tables of a batch', async () => {
    await runFunction(
      calls(
        'dynamodb',
        'DynamoDBClient',
        "BatchGetItemCommand({ RequestItems: { one: { Keys: [{ k: { S: 'x' } }] }, two: { Keys: [{ k: { S: 'x' } }] } } })",
      ),
    );

    const { calls: recorded } = await readCallLog(callLog);

    expect(recorded[0]?.tables).toEqual(['one', 'two']);
  });

  it('records the action of the query protocol', async () => {
    await runFunction(calls('sts', 'STSClient', 'GetCallerIdentityCommand({})'));

    const { calls: recorded } = await readCallLog(callLog);

    expect(recorded[0]?.parameters).toEqual({ Action: 'GetCallerIdentity' });
  });

  it('records a signed call that is made with fetch', async () => {
    await runFunction(`
      await fetch(process.env.AWS_ENDPOINT_URL + '/', {
        method: 'POST',
        headers: {
          authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20261103/eu-central-1/sqs/aws4_request, Signature=0',
          'x-amz-target': 'AmazonSQS.ReceiveMessage',
        },
        body: JSON.stringify({ QueueUrl: 'http://a/1/queue' }),
      });
    `);

    const { calls: recorded } = await readCallLog(callLog);

    expect(recorded).toMatchObject([
      { service: 'sqs', parameters: { QueueUrl: 'http://a/1/queue' }, status: 200 },
    ]);
  });

  it('records a call that found nobody', async () => {
    const code = calls('dynamodb', 'DynamoDBClient', "GetItemCommand({ TableName: 'ledger', Key: {} })");
    await runFunction(code, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });

    const { calls: recorded } = await readCallLog(callLog);

    expect(recorded).toMatchObject([{ parameters: { TableName: 'ledger' }, status: null }]);
  });

  it('records a call that is still open when the process ends', async () => {
    const code = withClient(
      'dynamodb',
      `void new sdk.DynamoDBClient().send(new sdk.GetItemCommand({ TableName: 'ledger', Key: {} }));
       setTimeout(() => process.exit(0), 300);`,
    );
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    await runFunction(code, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    });
    silent.close();

    const { calls: recorded } = await readCallLog(callLog);

    expect(recorded).toMatchObject([{ parameters: { TableName: 'ledger' }, status: null }]);
  });
});

describe('the recorder leaves alone', () => {
  it('what is not signed for AWS, and what somebody else has signed', async () => {
    const printed = await runFunction(`
      import { request } from 'node:http';
      const presigned = '/bucket/answer?X-Amz-Credential=AKID%2F20261103%2Feu-central-1%2Fs3%2Faws4_request';
      await fetch(process.env.AWS_ENDPOINT_URL + '/vendor', { headers: { authorization: 'Bearer token' } });
      const { statusCode } = await new Promise((resolve, reject) =>
        request(process.env.AWS_ENDPOINT_URL + presigned, { method: 'PUT' }, resolve).on('error', reject).end('{}'),
      );
      console.log(statusCode);
      process.exit();
    `);

    expect(printed).toBe('200\n');
    expect(await readCallLog(callLog)).toEqual({ calls: [], failures: [] });
  });

  it('processes that are not functions', async () => {
    const code = calls('dynamodb', 'DynamoDBClient', "GetItemCommand({ TableName: 'ledger', Key: {} })");
    await runFunction(code, { AWS_LAMBDA_FUNCTION_NAME: '' });

    expect(await readCallLog(callLog)).toEqual({ calls: [], failures: [] });
  });

  it('the function, when the log cannot be written', async () => {
    const printed = await runFunction(
      withClient(
        'secrets-manager',
        `const client = new sdk.SecretsManagerClient();
         console.log((await client.send(new sdk.GetSecretValueCommand({ SecretId: 'a' }))).SecretString);`,
      ),
      { TRAILBRIDGE_CALL_LOG: join(folder, 'no', 'such', 'folder') },
    );

    expect(printed).toBe('the secret answer\n');
  });

  it('the function, when it cannot read a call; and says so without quoting it', async () => {
    const printed = await runFunction(`
      const response = await fetch(process.env.AWS_ENDPOINT_URL + '/', {
        method: 'POST',
        headers: {
          authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20261103/eu-central-1/sqs/aws4_request, Signature=0',
          'x-amz-target': 'AmazonSQS.ReceiveMessage',
        },
        body: '{"not JSON: the secret',
      });
      console.log(response.status);
    `);

    expect(printed).toBe('200\n');
    const { calls: recorded, failures } = await readCallLog(callLog);
    expect(recorded).toEqual([]);
    expect(failures).toMatchObject([
      { function: 'forwarder', failure: expect.stringMatching(/^SyntaxError\s+at /) },
    ]);
    expect(await readFile(callLog, 'utf8')).not.toContain('secret');
  });
});

describe('the call log', () => {
  it('is that of no calls when nothing was recorded', async () => {
    expect(await readCallLog(callLog)).toEqual({ calls: [], failures: [] });
  });

  it.each(['not JSON', '{"time":"2026-11-03T10:00:00Z"}'])('refuses the line %s', async (line) => {
    await writeFile(callLog, `${line}\n`);

    await expect(readCallLog(callLog)).rejects.toThrow(CallLogError);
    await expect(readCallLog(callLog)).rejects.toThrow(/^Line 1 of /);
  });
});
