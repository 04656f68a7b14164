/**
 * Stands in for AWS and for the three vendors, in a process of its own. Told to, it fills the vendors with events, which are made
 * when they are asked for (IBM Cloud's objects lie in memory), and tells what it was asked and what it holds.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { AUDIT_SOURCES, type AuditSource, RAW_PREFIX, rawSourcePrefix } from '../../contract/archive.ts';
import { ArchiveAwsStandIn } from '../../faults/stand-ins/archive-aws.ts';
import { ibmObjects } from '../../rehearsal/vendors/audit-events/ibm-objects.ts';
import { startSimulator } from '../../rehearsal/vendors/simulator.ts';
import type { Fill, Floor, SurroundingsReply, SurroundingsRequest, Tally } from './protocol.ts';
import { BUCKETS, IBM_ACCOUNT, SECRETS } from './protocol.ts';

const DAY_MS = 24 * 3_600_000;
/** A busy tenant has a million events in a year: fewer events are of a shorter time, as dense. */
const YEAR_MS = 365 * DAY_MS;
const EVENTS_A_YEAR = 1_000_000;
/** What an AppDynamics controller keeps, less the hour in which the run may be. */
const MONTH_MS = 30 * DAY_MS - 3_600_000;
/** Event Routing writes larger objects for busier accounts. */
const EVENTS_AN_OBJECT = 200;

const aws = new ArchiveAwsStandIn(Object.values(BUCKETS), Date.now);
const simulator = await startSimulator();
const { tenant } = simulator;
aws.secrets.set(SECRETS.cloudone, tenant.cloudOneApiKey);
aws.secrets.set(SECRETS.appdynamics, tenant.appDynamicsPassword);
aws.secrets.set(SECRETS.ibmcloud, `${tenant.ibmAccessKeyId}:${tenant.ibmSecretAccessKey}`);
await aws.server.start();

process.on('message', (request: SurroundingsRequest) => {
  reply(
    request.kind === 'fill' ? fill(request.fill) : request.kind === 'tally' ? tally() : floor(request.source),
  );
});
process.once('disconnect', () => process.exit());
reply({ kind: 'ready', aws: aws.server.url, vendors: simulator.url });

function reply(message: SurroundingsReply): void {
  process.send?.(message);
}

function fill({ events, now, order }: Fill): SurroundingsReply {
  const share = events / EVENTS_A_YEAR;
  const year = { seed: 'bench', from: now - YEAR_MS * share - 120_000, to: now - 60_000 };
  const count = Math.floor(events / AUDIT_SOURCES.length);
  simulator.setAudit({
    cloudone: { generate: { ...year, count }, order },
    appdynamics: { generate: { ...year, from: now - MONTH_MS * Math.min(1, share) - 120_000, count } },
    ibmcloud: { upstream: { url: aws.server.url } },
  });
  const objects = ibmObjects({ ...year, count }, IBM_ACCOUNT, { size: EVENTS_AN_OBJECT });
  for (const { key, body } of objects) {
    aws.bucket(BUCKETS.ibm).store(key, body);
  }
  return { kind: 'filled' };
}

/** Since it was last asked for. */
function tally(): Tally {
  const { cloudone, appdynamics, ibmcloud } = simulator.state().audit;
  const bytesIn = (name: string) => {
    let bytes = 0;
    for (const [, body] of aws.bucket(name).entries()) {
      bytes += body.length;
    }
    return bytes;
  };
  const calls = Object.fromEntries(aws.counts);
  aws.counts.clear();
  return {
    kind: 'tally',
    calls,
    vendorCalls: {
      cloudone: cloudone.answered,
      appdynamics: appdynamics.answered,
      ibmcloud: ibmcloud.answered,
    },
    rawObjects: Object.fromEntries(
      AUDIT_SOURCES.map((source) => [source, objectsBelow(rawSourcePrefix(source))]),
    ),
    rawGzipBytes: bytesIn(BUCKETS.raw),
    derivedObjects: aws.bucket(BUCKETS.derived).size,
    derivedBytes: bytesIn(BUCKETS.derived),
    staleHours: [...aws.table.items.values()].filter(({ pk }) => pk?.S?.startsWith('stale#')).length,
  };
}

function objectsBelow(prefix: string): number {
  let objects = 0;
  for (const [key] of aws.bucket(BUCKETS.raw).entries()) {
    objects += key.startsWith(prefix) ? 1 : 0;
  }
  return objects;
}

/** What decompressing and compressing the raw archive takes, object by object, and nothing else; and the records in it. */
function floor(source: AuditSource | undefined): Floor {
  const prefix = source === undefined ? RAW_PREFIX : rawSourcePrefix(source);
  let rawBytes = 0;
  let records = 0;
  let milliseconds = 0;
  for (const [key, body] of aws.bucket(BUCKETS.raw).entries()) {
    if (!key.startsWith(prefix)) {
      continue;
    }
    const begunAt = performance.now();
    const text = gunzipSync(body);
    gzipSync(text);
    milliseconds += performance.now() - begunAt;
    rawBytes += text.length;
    for (let at = text.indexOf(0x0a); at !== -1; at = text.indexOf(0x0a, at + 1)) {
      records += 1;
    }
  }
  return { kind: 'floor', rawBytes, records, seconds: milliseconds / 1000 };
}
