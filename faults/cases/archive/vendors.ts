/** Vendors that throttle, fail, answer nonsense or nothing, and forget what they gave out. */
import { AUDIT_SOURCES, type AuditSource } from '../../../contract/archive.ts';
import type { AuditSettings, Fault } from '../../../rehearsal/vendors/simulator.ts';
import type { ArchiveCase } from '../../archive/trial.ts';

const HOSTS: Readonly<Record<AuditSource, string>> = {
  cloudone: 'audit.*',
  appdynamics: '*.saas.appdynamics.com',
  ibmcloud: '*.appdomain.cloud',
};
const FIVE_MINUTES_MS = 5 * 60_000;
/** Most of these wait, for a time-out or for the next try. */
const options = { timeScale: 20 };

interface Trouble {
  readonly name: string;
  readonly does: string;
  readonly fault: Fault;
  /** Those whose run fails when it lasts. @default all */
  readonly failing?: readonly AuditSource[];
}

const TROUBLES: readonly Trouble[] = [
  {
    name: '429',
    does: 'answers 429',
    fault: { status: 429 },
    // The others leave the rest to the next run.
    failing: ['ibmcloud'],
  },
  { name: '500', does: 'answers 500', fault: { status: 500 } },
  { name: 'html', does: 'answers with a proxy’s HTML page', fault: { action: 'html' } },
  { name: 'truncated', does: 'answers half of what it should', fault: { action: 'truncate' } },
  { name: 'broken-off', does: 'breaks off in its answer', fault: { action: 'reset-mid-body' } },
  { name: 'hanging', does: 'does not answer', fault: { action: 'hang' } },
];

const once = AUDIT_SOURCES.flatMap((source) =>
  TROUBLES.map(
    ({ name, does, fault }): ArchiveCase => ({
      name: `archive/${source}-${name}-once`,
      injected: `${source} ${does}, once, in the midst of a run`,
      expected: 'this run or the next one goes on; every record is archived and derived once',
      fails: undefined,
      options: { ...options, sources: [source] },
      run: async (world) => {
        world.simulator.setFaults([{ ...fault, host: HOSTS[source], skip: 1, times: 1 }]);
        await world.run(source);
        const [{ hits = 0 } = {}] = world.simulator.state().faults;
        return hits === 1 ? [] : ['the fault was not met'];
      },
    }),
  ),
);

const lasting = AUDIT_SOURCES.flatMap((source) =>
  TROUBLES.map(
    ({ name, does, fault, failing = AUDIT_SOURCES }): ArchiveCase => ({
      name: `archive/${source}-${name}-for-a-run`,
      injected: `${source} ${does}, from its second call to the end of a run`,
      expected: `${failing.includes(source) ? 'the run fails and says so; ' : ''}the next one goes on; every record is archived and derived once`,
      fails: failing.includes(source),
      options: { ...options, sources: [source] },
      run: async (world) => {
        world.simulator.setFaults([{ ...fault, host: HOSTS[source], skip: 1 }]);
        await world.run(source);
        world.skip(FIVE_MINUTES_MS);
      },
    }),
  ),
);

const settings: readonly (readonly [name: string, injected: string, AuditSource, AuditSettings])[] = [
  [
    'cloudone-stale-cursor',
    'Cloud One refuses a cursor that it gave out',
    'cloudone',
    { cloudone: { staleCursors: { afterPages: 1, times: 1 } } },
  ],
  [
    'cloudone-stale-cursors',
    'Cloud One refuses every cursor, more often than a run begins anew',
    'cloudone',
    { cloudone: { staleCursors: { afterPages: 1, times: 5 } } },
  ],
  [
    'cloudone-counted-cursors',
    'Cloud One’s cursors count, and its list is shuffled',
    'cloudone',
    { cloudone: { order: 'shuffled', cursors: 'offset' } },
  ],
  [
    'appdynamics-token-revoked',
    'AppDynamics refuses each token after three calls, before its time',
    'appdynamics',
    { appdynamics: { tokenDiesAfterCalls: 3 } },
  ],
  [
    'appdynamics-token-expired',
    'AppDynamics’s tokens last for two seconds',
    'appdynamics',
    { appdynamics: { tokenLifeSeconds: 2 } },
  ],
  [
    'appdynamics-pace',
    'AppDynamics answers ten calls a minute',
    'appdynamics',
    { appdynamics: { rate: { calls: 10, perMs: 60_000 } } },
  ],
];

const remembering: readonly ArchiveCase[] = settings.map(([name, injected, source, audit]) => ({
  name: `archive/${name}`,
  injected,
  expected: 'this run or the next one begins anew where it must; every record is archived and derived once',
  fails: undefined,
  options: { ...options, sources: [source], withTokens: true },
  run: async (world) => {
    world.simulator.setAudit(audit);
    await world.run(source);
  },
}));

export const vendors: readonly ArchiveCase[] = [...once, ...lasting, ...remembering];
