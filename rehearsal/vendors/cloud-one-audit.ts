import { cloudOneHistory } from './audit-events/cloud-one-events.ts';
import type { CloudOneAuditSettings } from './audit-settings.ts';
import { cloudOneRefusal, guarded } from './cloud-one.ts';
import { pageOf } from './cloud-one-pages.ts';
import { Cursors } from './cursors.ts';
import { type Call, Refused, type Reply } from './http.ts';
import { type CallCounts, RateGate, retryHeader } from './rate.ts';
import type { Service } from './router.ts';
import type { Tenant } from './tenant.ts';
import { type HeldEvent, Timeline } from './timeline.ts';

/** The most that a page holds (Cloud One documentation, "View events in the audit log"). */
const MOST_A_PAGE = 25;

export interface CloudOneAuditState extends CallCounts {
  /** That can be seen, and that cannot yet. */
  readonly events: number;
  readonly awaited: number;
  readonly cursorsRefused: number;
}

export interface CloudOneAudit extends Service {
  configure(settings: CloudOneAuditSettings): void;
  state(): CloudOneAuditState;
  records(): Iterable<HeldEvent>;
}

/** Cloud One's audit log. The documentation knows it in region us-1 only, for whatever region the account is in. */
export function createCloudOneAudit(tenant: Tenant, now: () => Date): CloudOneAudit {
  const timeline = new Timeline();
  const cursors = new Cursors();
  const gate = new RateGate();
  let settings: CloudOneAuditSettings = {};
  let answered = 0;

  const logs = (call: Call): Reply => {
    const time = now().getTime();
    gate.pass(settings.rate ?? undefined, time);
    timeline.settle(time);
    const after = cursors.read(call.query.get('cursor'), settings, time);
    const { order = 'newest-first', cursors: kind = 'keyed' } = settings;
    const { events, next } = pageOf(timeline, { order, kind, limit: limitOf(call), after });
    cursors.countPage();
    answered += 1;
    // Written by hand, so that every event stays as it was given, to the character.
    const ending = next === undefined ? '' : `,"next":${JSON.stringify(cursors.write(next, time))}`;
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: `{"logs":[${events.map(({ text }) => text).join(',')}]${ending}}`,
    };
  };

  return {
    host: 'audit.us-1.cloudone.trendmicro.com',
    refusal: (refused) => {
      const reply = cloudOneRefusal(refused);
      return { ...reply, headers: { ...reply.headers, ...retryHeader(refused) } };
    },
    routes: guarded(tenant, [{ method: 'GET', path: '/api/logs', handle: logs }]),
    configure: (change) => {
      settings = { ...settings, ...change };
      if (change.staleCursors) cursors.expect(change.staleCursors);
      if (change.generate) timeline.generate(cloudOneHistory(change.generate, tenant.cloudOneAccountId));
      const time = now().getTime();
      timeline.add(
        (change.events ?? []).map(({ delayMs, ...event }) => ({ event, visibleAt: time + delayMs })),
      );
    },
    state: () => {
      timeline.settle(now().getTime());
      return {
        events: timeline.length,
        awaited: timeline.awaited,
        answered,
        tooMany: gate.refused,
        cursorsRefused: cursors.refused,
      };
    },
    records: () => timeline.all(),
  };
}

/** Assumed: 25 where nothing is asked for, 25 for more than that, and 400 for what is no number of events. */
function limitOf(call: Call): number {
  const given = call.query.get('limit');
  if (given === null) return MOST_A_PAGE;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new Refused(400, '"limit" must be a number of 1 or more.');
  return Math.min(Number(given), MOST_A_PAGE);
}
