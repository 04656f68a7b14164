import { createAppDynamicsAccess } from './appdynamics-access.ts';
import { historyQuery } from './appdynamics-query.ts';
import { appDynamicsHistory } from './audit-events/appdynamics-events.ts';
import type { AppDynamicsSettings } from './audit-settings.ts';
import type { Call, Refused, Reply } from './http.ts';
import { type CallCounts, RateGate, retryHeader } from './rate.ts';
import type { Service } from './router.ts';
import type { Tenant } from './tenant.ts';
import { type HeldEvent, Timeline } from './timeline.ts';

/** `audit.log.retention.period` (Splunk AppDynamics documentation, "Controller Audit Log"). */
const RETENTION_HOURS = 720;
const HOUR_MS = 3_600_000;

export interface AppDynamicsState extends CallCounts {
  /** That can be seen, and that cannot yet; those that are too old to be kept are counted, too. */
  readonly events: number;
  readonly awaited: number;
  readonly tokensIssued: number;
  readonly tokensRefused: number;
}

export interface AppDynamics extends Service {
  configure(settings: AppDynamicsSettings): void;
  state(): AppDynamicsState;
  records(): Iterable<HeldEvent>;
}

/** An AppDynamics controller, as far as its audit history goes. */
export function createAppDynamics(tenant: Tenant, now: () => Date): AppDynamics {
  const timeline = new Timeline();
  const access = createAppDynamicsAccess(tenant, now);
  const gate = new RateGate();
  let settings: AppDynamicsSettings = {};
  let answered = 0;

  const history = (call: Call): Reply => {
    access.check(call, settings);
    const time = now().getTime();
    gate.pass(settings.rate ?? undefined, time);
    const { from, to, selects } = historyQuery(call.query);
    timeline.settle(time);
    const oldest = time - (settings.retentionHours ?? RETENTION_HOURS) * HOUR_MS;
    const events: string[] = [];
    for (const { text } of timeline.between(Math.max(from, oldest), to)) {
      if (selects(text)) events.push(text);
    }
    answered += 1;
    // Written by hand, so that every event stays as it was given, to the character.
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: `[${events.join(',')}]`,
    };
  };

  return {
    host: tenant.appDynamicsHost,
    refusal,
    routes: [
      { method: 'GET', path: '/controller/ControllerAuditHistory', handle: history },
      {
        method: 'POST',
        path: '/controller/api/oauth/access_token',
        handle: (call) => access.token(call, settings),
      },
    ],
    configure: (change) => {
      settings = { ...settings, ...change };
      if (change.generate) timeline.generate(appDynamicsHistory(change.generate, tenant.appDynamicsAccount));
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
        ...access.state(),
      };
    },
    records: () => timeline.all(),
  };
}

/** Assumed: an error is a page for people, as servlet containers write it. */
function refusal(refused: Refused): Reply {
  return {
    status: refused.status,
    headers: { 'content-type': 'text/html;charset=utf-8', ...retryHeader(refused) },
    body: `<html><head><title>Error report</title></head><body><h1>HTTP Status ${refused.status}</h1><p>${escaped(refused.message)}</p></body></html>`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
