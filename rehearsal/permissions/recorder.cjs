// Writes down every AWS call of a Lambda function, for the permission proof.
//
// Preloaded (NODE_OPTIONS=--require) into the processes in which a local AWS runs functions, whatever they run: so it is
// plain CommonJS, needs nothing but Node.js 24, and decides as little as it can. It appends one line of JSON for each
// call to the file that TRAILBRIDGE_CALL_LOG names; call-log.ts has their shape.
//
// It listens to Node's diagnostics channels instead of wrapping http.request: they see every client however it was
// imported or wrapped by others, https and fetch included, and each request once.
// https://nodejs.org/api/diagnostics_channel.html#built-in-channels
'use strict';

const { subscribe } = require('node:diagnostics_channel');
const { appendFileSync } = require('node:fs');

const callLog = process.env.TRAILBRIDGE_CALL_LOG;

/** What names a resource in a request's body. Nothing else of a body is kept: the rest may be a secret's value. */
const identifiers = new Set([
  'Action',
  'FromEmailAddress',
  'FunctionName',
  'IndexName',
  'KeyId',
  'Name',
  'QueueName',
  'QueueOwnerAWSAccountId',
  'QueueUrl',
  'SecretId',
  'StackName',
  'TableName',
  'TopicArn',
  'TrailName',
  'logGroupName',
  'logStreamName',
]);

/** What the tables of the stacks call their partition keys: conditions of roles go by what is in them. */
const partitionKeys = new Set(['object', 'pk']);

/** Headers that change which permissions a call needs. */
const tellingHeaders = ['x-amz-target', 'x-amz-copy-source', 'x-amz-acl', 'x-amz-tagging'];

/** Calls that await their answer. @type {Map<object, {call: object, chunks: Buffer[]}>} */
const pending = new Map();

if (callLog) start();

function start() {
  subscribe(
    'http.client.request.created',
    guarded(({ request }) => {
      begin(request, () => fromNode(request));
      if (pending.has(request)) keepBodyOf(request);
    }),
  );
  subscribe(
    'http.client.response.finish',
    guarded(({ request, response }) => end(request, response.statusCode)),
  );
  subscribe(
    'http.client.request.error',
    guarded(({ request }) => end(request, null)),
  );
  // The channels of undici, which is what fetch is made of.
  subscribe(
    'undici:request:create',
    guarded(({ request }) => begin(request, () => fromUndici(request))),
  );
  subscribe(
    'undici:request:bodyChunkSent',
    guarded(({ request, chunk }) => keepChunk(request, chunk)),
  );
  subscribe(
    'undici:request:headers',
    guarded(({ request, response }) => end(request, response.statusCode)),
  );
  subscribe(
    'undici:request:error',
    guarded(({ request }) => end(request, null)),
  );
  process.on(
    'exit',
    guarded(() => {
      for (const request of [...pending.keys()]) end(request, null);
    }),
  );
}

/** The function must not notice the recorder: what goes wrong here becomes a line of the log, which fails the proof. */
function guarded(listener) {
  return (message) => {
    try {
      listener(message);
    } catch (error) {
      // The stack names the recorder's line; a message alone could quote what was parsed.
      report(`${error?.name}${String(error?.stack).match(/\n\s+at .*/)?.[0] ?? ''}`);
    }
  };
}

function report(failure) {
  try {
    append({ time: new Date().toISOString(), function: functionName(), failure });
  } catch (error) {
    process.stderr.write(
      `The call recorder cannot write to its log: ${error?.code}; before that: ${failure}\n`,
    );
  }
}

function functionName() {
  return process.env.AWS_LAMBDA_FUNCTION_NAME ?? '';
}

/**
 * Calls are told by their signature. A presigned URL, such as the one that takes a custom resource's answer, is signed by
 * somebody else and uses their permissions.
 */
function scopeOf(authorization) {
  const scope = /^AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256) Credential=([^,\s]+)/.exec(
    String(authorization),
  )?.[1];
  if (!scope) return undefined;
  const [, , ...rest] = scope.split('/');
  const service = rest.at(-2);
  // A multi-region (ECDSA) scope names no region.
  const region = rest.length > 2 ? rest[0] : process.env.AWS_REGION;
  return { service, region };
}

function fromNode(request) {
  return {
    header: (name) => request.getHeader(name),
    host: request.getHeader('host'),
    method: request.method,
    path: request.path,
  };
}

function fromUndici(request) {
  const headers = new Map();
  for (let i = 0; i + 1 < request.headers.length; i += 2) {
    headers.set(String(request.headers[i]).toLowerCase(), String(request.headers[i + 1]));
  }
  return {
    header: (name) => headers.get(name),
    host: headers.get('host') ?? new URL(request.origin).host,
    method: request.method,
    path: request.path,
  };
}

function begin(request, read) {
  if (!functionName()) return;
  const { header, host, method, path } = read();
  const scope = scopeOf(header('authorization'));
  if (!scope) return;
  const headers = {};
  for (const name of tellingHeaders) {
    const value = header(name);
    if (value !== undefined) headers[name] = String(value);
  }
  const call = {
    time: new Date().toISOString(),
    function: functionName(),
    ...scope,
    method,
    host,
    path,
    headers,
  };
  pending.set(request, { call, chunks: wantsBody(call) ? [] : undefined });
}

/** An object's bytes say nothing about permissions, and there may be many of them. */
function wantsBody({ service, path }) {
  return service !== 's3' || /[?&]delete(?:[=&]|$)/.test(path);
}

function keepBodyOf(request) {
  for (const method of ['write', 'end']) {
    const original = request[method];
    request[method] = function recorded(chunk, encoding) {
      guarded(() => keepChunk(request, chunk, encoding))();
      // biome-ignore lint/complexity/noArguments: the number of arguments matters to the original.
      return Reflect.apply(original, this, arguments);
    };
  }
}

function keepChunk(request, chunk, encoding) {
  const chunks = pending.get(request)?.chunks;
  if (chunks === undefined || chunk === undefined || chunk === null || typeof chunk === 'function') return;
  chunks.push(
    typeof chunk === 'string'
      ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8')
      : Buffer.from(chunk),
  );
}

function end(request, status) {
  const known = pending.get(request);
  if (known === undefined) return;
  pending.delete(request);
  const body = known.chunks === undefined ? '' : Buffer.concat(known.chunks).toString('utf8');
  append({ ...known.call, ...namedIn(known.call.service, body), status });
}

function append(line) {
  // In one write: several processes append to the same file.
  appendFileSync(callLog, `${JSON.stringify(line)}\n`);
}

function namedIn(service, body) {
  if (service === 's3') return { parameters: {}, ...(body === '' ? {} : { objects: objectsToDelete(body) }) };
  // The query protocol; a body in another form, such as CBOR, has no such names.
  if (!body.startsWith('{')) return { parameters: pick([...new URLSearchParams(body)]) };
  const { RequestItems: batch, ...members } = JSON.parse(body);
  // A DynamoDB batch is keyed by table.
  return {
    parameters: pick(Object.entries(members)),
    ...(batch ? { tables: Object.keys(batch) } : {}),
    ...(service === 'dynamodb' ? leadingKeysOf(members) : {}),
  };
}

/** The item that a request names, or, of a query, the value that stands for the key: `:pk`. */
function leadingKeysOf({ Key, Item, KeyConditionExpression, ExpressionAttributeValues }) {
  const queried = KeyConditionExpression ? ExpressionAttributeValues : undefined;
  const named = Object.entries(Key ?? Item ?? queried ?? {}).filter(([name]) =>
    partitionKeys.has(name.replace(/^:/, '')),
  );
  return named.length === 0 ? {} : { leadingKeys: named.map(([, { S }]) => String(S)) };
}

function pick(entries) {
  return Object.fromEntries(
    entries.filter(([name, value]) => identifiers.has(name) && typeof value === 'string'),
  );
}

function objectsToDelete(xml) {
  return [...xml.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object]) => {
    const versionId = textOf(object, 'VersionId');
    return { key: textOf(object, 'Key'), ...(versionId === undefined ? {} : { versionId }) };
  });
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function textOf(xml, tag) {
  const text = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(xml)?.[1];
  return text?.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
