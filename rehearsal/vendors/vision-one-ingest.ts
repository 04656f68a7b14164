import { type EventTally, eventIdOf } from './event-tally.ts';
import { type Call, json, mediaType, Refused, type Reply } from './http.ts';
import type { Service } from './router.ts';
import type { Tenant } from './tenant.ts';
import { requireBearer, visionOneRefusal } from './vision-one.ts';

/** The limit of Vision One's public APIs. Assumed to hold for the collector too, and to mean 2^20 bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

/** What arrived at the HTTP event collector. */
export interface IngestReceived {
  /** Requests that reached the collector, refused ones included. */
  requests: number;
  /** Lines in accepted requests, empty ones aside. */
  lines: number;
  /** Lines that are a JSON object with an `eventID`, repetitions included. */
  events: number;
  /** Bytes of accepted requests. */
  bytes: number;
  /** Lines that are JSON without an `eventID`. */
  eventless: number;
  /** Lines that are no JSON. The collector takes any text; from our sender, each is a mistake. */
  unparsed: number;
}

/** Vision One's HTTP event collection ("Third-party log collection": one log per line, as plain text). */
export function createVisionOneIngest(
  tenant: Tenant,
  now: () => Date,
  tally: EventTally,
): Service & { state(): IngestReceived } {
  const { host, pathname } = new URL(tenant.ingestUrl);
  const received: IngestReceived = { requests: 0, lines: 0, events: 0, bytes: 0, eventless: 0, unparsed: 0 };

  const count = (line: string, at: number, idempotencyKey: string | undefined): void => {
    received.lines += 1;
    const record = jsonOf(line);
    if (record === undefined) {
      received.unparsed += 1;
      return;
    }
    const eventID = eventIdOf(record);
    if (eventID === undefined) {
      received.eventless += 1;
    } else {
      received.events += 1;
      tally.record('visionone', { eventID, record, at, idempotencyKey });
    }
  };

  const receive = (call: Call): Reply => {
    received.requests += 1;
    requireBearer(call, tenant.ingestToken);
    if (mediaType(call.headers) !== 'text/plain') {
      throw new Refused(415, 'Unsupported media type: expected "Content-Type: text/plain".');
    }
    // Assumed: compressed bodies are not taken. The documentation does not mention any.
    if (call.headers['content-encoding'] !== undefined) {
      throw new Refused(415, 'Unsupported content encoding: expected none.');
    }
    if (call.body.length > MAX_BODY_BYTES) {
      throw new Refused(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`);
    }
    received.bytes += call.body.length;
    const key = call.headers['idempotency-key'];
    const at = now().getTime();
    for (const line of call.body.toString('utf8').split(/\r?\n/)) {
      if (line !== '') count(line, at, typeof key === 'string' ? key : undefined);
    }
    // Assumed: 200 and an empty object.
    return json(200, {});
  };

  return {
    host,
    refusal: visionOneRefusal,
    routes: [{ method: 'POST', path: pathname, handle: receive }],
    state: () => ({ ...received }),
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    // Recovery: any text is a log line; the caller counts it as unparsed.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
