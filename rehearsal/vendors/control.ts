import { Readable } from 'node:stream';
import type { AuditRecord } from './audit.ts';
import type { EventTally } from './event-tally.ts';
import type { Delivery } from './fault-answer.ts';
import { type Call, json, noContent, parseJson, Refused, type Reply } from './http.ts';
import { parseSeed, type Seed } from './seed.ts';
import type { RevokedTokens } from './service-tokens.ts';
import { parseTenant, type Tenant } from './tenant.ts';
import { InvalidInput, isJsonObject } from './validate.ts';

/** What the simulator's own addresses, under `/_sim`, can ask of it. */
export interface Controls {
  state(): unknown;
  tally(): EventTally;
  reset(tenant: Partial<Tenant>, seed: Seed): void;
  setFaults(faults: unknown): void;
  setAudit(settings: unknown): void;
  auditRecords(): Iterable<AuditRecord>;
  revokeServiceTokens(which?: RevokedTokens): number;
}

type ControlHandler = (controls: Controls, call: Call) => Reply | Readable;

const handlers: Readonly<Record<string, ControlHandler>> = {
  'GET /state': (controls) => json(200, controls.state()),
  'GET /events': (controls) => Readable.from(lines(controls.tally().all())),
  'GET /audit': (controls) => Readable.from(lines(controls.auditRecords())),
  'POST /audit': (controls, call) => {
    controls.setAudit(parseJson(call.body));
    return noContent();
  },
  'POST /reset': (controls, call) => {
    const { tenant, seed } = parseReset(call.body);
    controls.reset(tenant, seed);
    return json(200, controls.state());
  },
  'POST /faults': (controls, call) => {
    controls.setFaults(parseJson(call.body));
    return noContent();
  },
  'POST /revoke-service-tokens': (controls) => json(200, { revoked: controls.revokeServiceTokens() }),
};

/** The answer to a call under `/_sim`: JSON, or newline-delimited JSON as a stream. */
export function control(controls: Controls, call: Call): Delivery | Readable {
  const outcome = controlled(controls, call);
  return outcome instanceof Readable ? outcome : { kind: 'whole', reply: outcome };
}

function controlled(controls: Controls, call: Call): Reply | Readable {
  const handler = handlers[`${call.method} ${call.path}`];
  if (!handler) {
    const known = Object.keys(handlers).map((key) => key.replace(' ', ' /_sim'));
    return json(404, { message: `The simulator's own addresses are ${known.join(', ')}.` });
  }
  try {
    return handler(controls, call);
  } catch (error) {
    // Recovery: what was sent is not usable; the message names the field.
    if (error instanceof InvalidInput || error instanceof Refused)
      return json(400, { message: error.message });
    throw error;
  }
}

/** An empty body resets to the tenant that the simulator was started with. */
function parseReset(body: Buffer): { tenant: Partial<Tenant>; seed: Seed } {
  if (body.length === 0) return { tenant: {}, seed: {} };
  const value = parseJson(body);
  if (!isJsonObject(value)) throw new InvalidInput('reset', 'expected a JSON object');
  const { seed = {}, ...tenant } = value;
  return { tenant: parseTenant(tenant, 'reset'), seed: parseSeed(seed, 'reset.seed') };
}

const LINES_A_CHUNK = 1000;

/** In chunks of many lines: a write per line would be slow for a million events. */
function* lines(items: Iterable<object>): Generator<string> {
  let chunk: string[] = [];
  for (const item of items) {
    chunk.push(`${JSON.stringify(item)}\n`);
    if (chunk.length === LINES_A_CHUNK) {
      yield chunk.join('');
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk.join('');
}
