import { type AppDynamicsState, createAppDynamics } from './appdynamics.ts';
import type { AuditSettings } from './audit-settings.ts';
import { type CloudOneAuditState, createCloudOneAudit } from './cloud-one-audit.ts';
import { createIbmObjectStorage } from './ibm-object-storage.ts';
import type { CallCounts } from './rate.ts';
import type { Service } from './router.ts';
import type { Tenant } from './tenant.ts';
import type { HeldEvent } from './timeline.ts';

/** What the sources of audit logs hold, and what they were asked. */
export interface AuditState {
  readonly cloudone: CloudOneAuditState;
  readonly appdynamics: AppDynamicsState;
  /** Its events are in the bucket behind it. */
  readonly ibmcloud: CallCounts;
}

/** A record that a source holds, whether it shows it yet or not. */
export interface AuditRecord extends HeldEvent {
  readonly source: 'cloudone' | 'appdynamics';
}

/** The three vendors whose audit logs are collected. */
export interface AuditSources {
  readonly services: readonly Service[];
  configure(settings: AuditSettings): void;
  state(): AuditState;
  records(): Generator<AuditRecord, void, undefined>;
}

export function createAuditSources(tenant: Tenant, now: () => Date, settings: AuditSettings): AuditSources {
  const cloudone = createCloudOneAudit(tenant, now);
  const appdynamics = createAppDynamics(tenant, now);
  const ibmcloud = createIbmObjectStorage(tenant, now);
  const configure = (change: AuditSettings) => {
    cloudone.configure(change.cloudone ?? {});
    appdynamics.configure(change.appdynamics ?? {});
    ibmcloud.configure(change.ibmcloud ?? {});
  };
  configure(settings);
  return {
    services: [cloudone, appdynamics, ibmcloud],
    configure,
    state: () => ({
      cloudone: cloudone.state(),
      appdynamics: appdynamics.state(),
      ibmcloud: ibmcloud.state(),
    }),
    records: function* () {
      for (const held of cloudone.records()) yield { source: 'cloudone', ...held } as const;
      for (const held of appdynamics.records()) yield { source: 'appdynamics', ...held } as const;
    },
  };
}
