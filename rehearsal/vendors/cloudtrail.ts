import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { cloudOneRefusal, guarded, jsonObject, requireApiVersion, requiredString } from './cloud-one.ts';
import { type EventTally, eventIdOf } from './event-tally.ts';
import { type Call, credentials, json, mediaType, parseJson, Refused, type Reply } from './http.ts';
import type { Route, Service } from './router.ts';
import { type RevokedTokens, type ServiceToken, ServiceTokens } from './service-tokens.ts';
import { awsRegionOf, cloudOneHost, type Tenant } from './tenant.ts';
import { isJsonObject } from './validate.ts';

/** The cap of the vendor's own client (its MAXIMUM_S3_OBJECT_SIZE). Assumed to be the service's too. */
const MAX_PART_BYTES = 716_800;
/** A part that unpacks to more than this is taken for a decompression bomb. Ours. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
/** What the link's `param_APIVersion` says, and what uploads must send back. */
const API_VERSION = 'v1';

export interface LifecycleNotice {
  readonly event: string;
  readonly accountId: string;
  readonly region: string;
  readonly stackId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What arrived at `POST /api/logs`. */
export interface CloudTrailReceived {
  /** Uploads that reached the service, refused ones included. */
  requests: number;
  /** Uploads accepted. */
  parts: number;
  /** Records with an `eventID` in accepted uploads, repetitions included. */
  events: number;
  /** Bytes of accepted uploads as sent, hence compressed. */
  bytes: number;
  /** Records without an `eventID` in accepted uploads. */
  eventless: number;
  /** Accepted uploads without an `Idempotency-Key`. */
  unkeyedParts: number;
  /** Accepted uploads whose key came before with the same content: a repetition, as it should be. */
  repeatedParts: number;
  /** Accepted uploads whose key came before with other content: a mistake of the sender's. */
  conflictingParts: number;
}

interface CloudTrailState {
  readonly tokens: ServiceToken[];
  readonly lifecycle: LifecycleNotice[];
  readonly heartbeats: number;
  readonly received: CloudTrailReceived;
}

/**
 * Cloud One's CloudTrail service: the stack link, which carries a service token, and what the deployed
 * stack then sends with that token. The link follows the vendor's documentation and published client;
 * everything under "forwarding" below is assumed, for the vendor publishes no wire format.
 */
export function createCloudTrail(
  tenant: Tenant,
  now: () => Date,
  tally: EventTally,
): Service & { state(): CloudTrailState; revokeTokens(which: RevokedTokens): number } {
  const host = cloudOneHost('cloudtrail', tenant);
  const tokens = new ServiceTokens();
  const forwarding = createForwarding(tokens, now, tally);
  const link = (awsRegion: string) => stackLink(`https://${host}`, awsRegion, tokens.issue(now().getTime()));

  const createStack = (call: Call): Reply => {
    // An empty body, as the vendor's documentation posts it (with curl's default media type).
    if (call.body.length === 0) return json(200, { createStackURL: link(awsRegionOf(tenant)) });
    const body = jsonObject(call);
    if (!/^\d{12}$/.test(requiredString(body, 'providerAccountID'))) {
      throw new Refused(400, '"providerAccountID" must be a 12-digit AWS account number.');
    }
    return json(200, { deploymentURL: link(requiredString(body, 'awsRegion')) });
  };

  return {
    host,
    refusal: cloudOneRefusal,
    routes: [
      ...guarded(tenant, [{ method: 'POST', path: '/api/stacks', handle: createStack }]),
      ...forwarding.routes,
    ],
    state: () => ({ tokens: tokens.state(), ...forwarding.state() }),
    revokeTokens: (which) => tokens.revoke(which, now().getTime()),
  };
}

/** Where the template of the client stack lies, in the bucket of its code. */
export const CLIENT_TEMPLATE_KEY = 'client/template.yaml';

/** The vendor's bucket with its client, one in each AWS region. */
export function clientBucketOf(awsRegion: string): string {
  return `cloudtrail-client-simulated-${awsRegion}`;
}

/**
 * The CloudFormation console's link for creating a stack. The query sits behind the `#`, where it is no
 * query to a URL parser. `param_APIVersion` comes last: the vendor's own client reads it to the line's end.
 */
function stackLink(serviceUrl: string, awsRegion: string, token: string): string {
  const bucket = clientBucketOf(awsRegion);
  const query = Object.entries({
    stackName: 'CloudTrailClient',
    templateUrl: `https://${bucket}.s3.${awsRegion}.amazonaws.com/${CLIENT_TEMPLATE_KEY}`,
    param_S3BucketKey: 'client/lambda.zip',
    param_S3BucketName: bucket,
    param_ServiceToken: token,
    param_ServiceURL: serviceUrl,
    param_APIVersion: API_VERSION,
  }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const console = `https://console.aws.amazon.com/cloudformation/home?region=${encodeURIComponent(awsRegion)}`;
  return `${console}#/stacks/create/review?${query.join('&')}`;
}

/** Assumed, all of it. */
function createForwarding(tokens: ServiceTokens, now: () => Date, tally: EventTally) {
  const received: CloudTrailReceived = {
    requests: 0,
    parts: 0,
    events: 0,
    bytes: 0,
    eventless: 0,
    unkeyedParts: 0,
    repeatedParts: 0,
    conflictingParts: 0,
  };
  const lifecycle: LifecycleNotice[] = [];
  let heartbeats = 0;
  const digestOfKey = new Map<string, string>();

  const authorize = (call: Call): void => {
    const token = credentials(call.headers, 'Bearer');
    if (token === undefined)
      throw new Refused(401, 'Missing credentials: expected "Authorization: Bearer <token>".');
    if (!tokens.isValid(token, now().getTime())) throw new Refused(401, 'The service token is not valid.');
    requireApiVersion(call, API_VERSION);
  };

  const countKey = (key: string | undefined, content: Buffer): void => {
    if (key === undefined) {
      received.unkeyedParts += 1;
      return;
    }
    const digest = createHash('sha256').update(content).digest('hex');
    const before = digestOfKey.get(key);
    if (before === undefined) digestOfKey.set(key, digest);
    else if (before === digest) received.repeatedParts += 1;
    else received.conflictingParts += 1;
  };

  const receiveLogs = async (call: Call): Promise<Reply> => {
    received.requests += 1;
    authorize(call);
    const { content, records } = await unpackRecords(call);
    const key = call.headers['idempotency-key'];
    const idempotencyKey = typeof key === 'string' ? key : undefined;
    received.parts += 1;
    received.bytes += call.body.length;
    countKey(idempotencyKey, content);
    const at = now().getTime();
    for (const record of records) {
      const eventID = eventIdOf(record);
      if (eventID === undefined) {
        received.eventless += 1;
      } else {
        received.events += 1;
        tally.record('cloudone', { eventID, record, at, idempotencyKey });
      }
    }
    return json(202, { accepted: records.length });
  };

  const receiveHeartbeat = (call: Call): Reply => {
    authorize(call);
    const body = jsonObject(call);
    for (const name of ['accountId', 'region', 'stackId', 'version']) requiredString(body, name);
    if (!isJsonObject(body.checks)) throw new Refused(400, '"checks" must be an object.');
    heartbeats += 1;
    return json(202, {});
  };

  const receiveLifecycle = (call: Call): Reply => {
    authorize(call);
    const body = jsonObject(call);
    const event = requiredString(body, 'event');
    if (!['created', 'updated', 'deleted'].includes(event)) {
      throw new Refused(400, '"event" must be created, updated or deleted.');
    }
    lifecycle.push({
      event,
      accountId: requiredString(body, 'accountId'),
      region: requiredString(body, 'region'),
      stackId: requiredString(body, 'stackId'),
      at: now().getTime(),
    });
    return json(202, {});
  };

  const routes: Route[] = [
    { method: 'POST', path: '/api/logs', handle: receiveLogs },
    { method: 'POST', path: '/api/heartbeats', handle: receiveHeartbeat },
    { method: 'POST', path: '/api/lifecycle', handle: receiveLifecycle },
  ];
  return {
    routes,
    state: () => ({ lifecycle: [...lifecycle], heartbeats, received: { ...received } }),
  };
}

const gunzipAsync = promisify(gunzip);

async function unpackRecords(call: Call): Promise<{ content: Buffer; records: readonly unknown[] }> {
  if (mediaType(call.headers) !== 'application/json') {
    throw new Refused(415, 'Unsupported media type: expected "Content-Type: application/json".');
  }
  if (call.headers['content-encoding'] !== 'gzip') {
    throw new Refused(415, 'Unsupported content encoding: expected "Content-Encoding: gzip".');
  }
  if (call.body.length > MAX_PART_BYTES) {
    throw new Refused(413, `The part is larger than ${MAX_PART_BYTES} bytes.`);
  }
  const content = await unzip(call.body);
  const document = parseJson(content);
  if (!isJsonObject(document) || !Array.isArray(document.Records)) {
    throw new Refused(400, 'The body holds no "Records" array.');
  }
  return { content, records: document.Records };
}

async function unzip(bytes: Buffer): Promise<Buffer> {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    // Recovery: whatever zlib has against the bytes (not gzip, cut short, too much of it) is the sender's fault.
    throw new Refused(
      400,
      `The body cannot be unpacked: ${error instanceof Error ? error.message : 'unknown'}.`,
    );
  }
}
