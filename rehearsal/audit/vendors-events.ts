/** What the three vendors hold in the rehearsal of the audit archive, and what happens while it is collected. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { AuditSource } from '../../contract/archive.ts';
import type { Stage } from '../stage.ts';
import { type IbmObject, ibmObjects } from '../vendors/audit-events/ibm-objects.ts';

/** Stands for the user's own bucket at IBM Cloud. */
export const IBM_BUCKET = 'simulated-activity-tracking';
const IBM_ACCOUNT = 'simulated-ibm-account';

const HOUR_MS = 3_600_000;
const SPAN_MS = 20 * 24 * HOUR_MS;
/**
 * How late what is late becomes known. Collectors look back an hour in every run and a week once a day
 * (docs/adr/0026-cursors-and-windows.md), and a rehearsal does not last a day.
 */
const LATENESS_MS = HOUR_MS / 2;
/** Enough for pages, several windows and every kind of event, and soon collected. */
const EVENTS = { cloudone: 610, appdynamics: 900, ibmcloud: 700 };
/** How many become known late. */
const LATE = { cloudone: 1, appdynamics: 2, ibmcloud: 12 };
const PUTS_AT_A_TIME = 16;

/** The vendors' records, as texts. */
export type Holdings = Readonly<Record<AuditSource, readonly string[]>>;

type BucketStage = Pick<Stage, 'clients' | 'aws' | 'simulator'>;

/** The vendors, with what they hold in these days. Everything about them that is not the archive's goes with `close`. */
export class VendorsEvents {
  readonly #stage: BucketStage;
  readonly #objects: IbmObject[] = [];
  readonly #now = Date.now();
  /** How many events became known late. */
  readonly #late: Record<AuditSource, number> = { cloudone: 0, appdynamics: 0, ibmcloud: 0 };

  constructor(stage: BucketStage) {
    this.#stage = stage;
  }

  /** Fills them: three weeks, up to an hour ago. */
  async open(): Promise<void> {
    const { simulator, aws, clients } = this.#stage;
    const span = { seed: 'rehearsal', from: this.#now - SPAN_MS, to: this.#now - HOUR_MS };
    simulator.setAudit({
      cloudone: { generate: { ...span, count: EVENTS.cloudone } },
      appdynamics: { generate: { ...span, count: EVENTS.appdynamics } },
      ibmcloud: { upstream: { url: aws.endpoint, region: aws.region } },
    });
    await clients.s3.send(new CreateBucketCommand({ Bucket: IBM_BUCKET }));
    await this.#put([...ibmObjects({ ...span, count: EVENTS.ibmcloud }, IBM_ACCOUNT)]);
  }

  /**
   * What makes collecting hard: limits of rate, a cursor that goes stale, and tokens that are refused before their time.
   */
  annoy(): void {
    this.#stage.simulator.setAudit({
      cloudone: { rate: { calls: 8, perMs: 2000 }, staleCursors: { afterPages: 5, times: 1 } },
      appdynamics: { rate: { calls: 12, perMs: 1000 }, tokenDiesAfterCalls: 9 },
      ibmcloud: { rate: { calls: 60, perMs: 1000 } },
    });
  }

  /** More happens, and something becomes known late: events of a time that is collected already. */
  async happen(): Promise<void> {
    const fresh = Date.now();
    const late = fresh - LATENESS_MS;
    Object.assign(this.#late, LATE);
    this.#stage.simulator.setAudit({
      cloudone: { events: [late, fresh].map((time) => cloudOneEvent(time)) },
      appdynamics: { events: [late, late, fresh].map((time) => appDynamicsEvent(time)) },
    });
    const span = { seed: 'late', count: LATE.ibmcloud, from: late, to: late + 1000 };
    await this.#put([...ibmObjects(span, IBM_ACCOUNT)]);
  }

  /** What stood in a collector's way until now, in words. */
  difficulties(source: AuditSource): string[] {
    const { cloudone, appdynamics, ibmcloud } = this.#stage.simulator.state().audit;
    const { tooMany } = { cloudone, appdynamics, ibmcloud }[source];
    const counts: [count: number, one: string, many: string][] = [
      [tooMany, 'call throttled (429)', 'calls throttled (429)'],
      [source === 'cloudone' ? cloudone.cursorsRefused : 0, 'cursor gone stale', 'cursors gone stale'],
      [
        source === 'appdynamics' ? appdynamics.tokensRefused : 0,
        'token refused early',
        'tokens refused early',
      ],
      [this.#late[source], 'event known late', 'events known late'],
    ];
    return counts
      .filter(([count]) => count > 0)
      .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);
  }

  /** Everything that was ever there. */
  holdings(): Holdings {
    const records = [...this.#stage.simulator.auditRecords()];
    const of = (source: AuditSource) =>
      records.filter((record) => record.source === source).map(({ text }) => text);
    return {
      cloudone: of('cloudone'),
      appdynamics: of('appdynamics'),
      ibmcloud: this.#objects.flatMap(({ events }) => events),
    };
  }

  /** The bucket at IBM Cloud goes: it is of the rehearsal. */
  async close(): Promise<void> {
    const { s3 } = this.#stage.clients;
    for (let first = 0; first < this.#objects.length; first += 1000) {
      const Objects = this.#objects.slice(first, first + 1000).map(({ key }) => ({ Key: key }));
      await s3.send(new DeleteObjectsCommand({ Bucket: IBM_BUCKET, Delete: { Objects } }));
    }
    await s3.send(new DeleteBucketCommand({ Bucket: IBM_BUCKET }));
  }

  async #put(objects: readonly IbmObject[]): Promise<void> {
    const { s3 } = this.#stage.clients;
    const remaining = objects.values();
    const worker = async () => {
      for (const { key, body } of remaining) {
        await s3.send(new PutObjectCommand({ Bucket: IBM_BUCKET, Key: key, Body: body }));
      }
    };
    await Promise.all(Array.from({ length: PUTS_AT_A_TIME }, worker));
    this.#objects.push(...objects);
  }
}

function cloudOneEvent(time: number) {
  const id = `late-${time}`;
  const text = JSON.stringify({
    id,
    time: new Date(time).toISOString(),
    event: 'ApiKey created',
    type: 'audit.apiKey_created.v1',
  });
  return { time, text, delayMs: 0 };
}

/** Two of one time are equal to the character, and two all the same. */
function appDynamicsEvent(time: number) {
  const auditDateTime = new Date(time).toISOString().replace('Z', '+0000');
  const text = JSON.stringify({ timeStamp: time, auditDateTime, userName: 'late', action: 'LOGIN_FAILED' });
  return { time, text, delayMs: 0 };
}
