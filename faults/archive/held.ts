/** Audit events for the simulated vendors to hold, which are counted afterwards. */
import type { AuditSource } from '../../contract/archive.ts';
import { appDynamicsHistory } from '../../rehearsal/vendors/audit-events/appdynamics-events.ts';
import { cloudOneHistory } from '../../rehearsal/vendors/audit-events/cloud-one-events.ts';
import type { History, Span } from '../../rehearsal/vendors/audit-events/history.ts';
import { type IbmObject, ibmObjects } from '../../rehearsal/vendors/audit-events/ibm-objects.ts';
import type { Tenant } from '../../rehearsal/vendors/tenant.ts';
import type { HeldEvent } from '../../rehearsal/vendors/timeline.ts';

/** What a source is given at once. */
export interface Held {
  readonly events: readonly HeldEvent[];
  /** Of IBM Cloud, in which its events lie. */
  readonly objects: readonly IbmObject[];
}

const EVENTS_AN_OBJECT = 8;
const IBM_ACCOUNT = 'faults-account';

export function heldOf(source: AuditSource, span: Span, tenant: Tenant): Held {
  switch (source) {
    case 'cloudone':
      return { events: eventsOf(cloudOneHistory(span, tenant.cloudOneAccountId)), objects: [] };
    case 'appdynamics':
      return { events: withTwin(eventsOf(appDynamicsHistory(span, tenant.appDynamicsAccount))), objects: [] };
    case 'ibmcloud': {
      const objects = [...ibmObjects(span, IBM_ACCOUNT, { size: EVENTS_AN_OBJECT })];
      const events = objects.flatMap(({ events: texts }) => texts.map((text) => ({ time: span.from, text })));
      return { events, objects };
    }
  }
}

/** Two events of one millisecond that look alike: AppDynamics gives no ids, so they are two all the same. */
function withTwin(events: readonly HeldEvent[]): readonly HeldEvent[] {
  return [...events, ...events.slice(0, 1)];
}

function eventsOf({ count, timeAt, textAt }: History): HeldEvent[] {
  return Array.from({ length: count }, (_, index) => ({ time: timeAt(index), text: textAt(index) }));
}
