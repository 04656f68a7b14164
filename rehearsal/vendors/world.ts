import { createAccounts } from './accounts.ts';
import { ApiKeys } from './api-keys.ts';
import { type AuditRecord, type AuditState, createAuditSources } from './audit.ts';
import type { AuditSettings } from './audit-settings.ts';
import { type CloudAccount, createCloudAccounts } from './cloudaccounts.ts';
import { type CloudTrailReceived, createCloudTrail, type LifecycleNotice } from './cloudtrail.ts';
import { EnrollmentTokens } from './enrollment-tokens.ts';
import { EventTally } from './event-tally.ts';
import { type Call, json, type Reply } from './http.ts';
import { answer, type Service } from './router.ts';
import type { Seed } from './seed.ts';
import type { RevokedTokens, ServiceToken } from './service-tokens.ts';
import { isVendorHost, type Tenant } from './tenant.ts';
import { createVisionOne, type VisionOneAwsAccount, type VisionOneConnector } from './vision-one.ts';
import { createVisionOneIngest, type IngestReceived } from './vision-one-ingest.ts';
import {
  type ConnectionPace,
  createVisionOneConnect,
  type VisionOneConnection,
} from './visionone-connect.ts';
import { type AwsConnector, createWorkload } from './workload.ts';

/** What the vendors know and have received. No token, no key. */
export interface WorldState {
  readonly tenant: { readonly region: string; readonly accountId: string };
  readonly registered: {
    readonly visionOneConnection: VisionOneConnection | null;
    readonly workloadConnectors: readonly AwsConnector[];
    readonly cloudAccounts: readonly CloudAccount[];
    readonly visionOneConnectors: readonly VisionOneConnector[];
    readonly visionOneAwsAccounts: readonly VisionOneAwsAccount[];
    readonly cloudTrailStackTokens: readonly ServiceToken[];
  };
  readonly lifecycle: readonly LifecycleNotice[];
  readonly heartbeats: number;
  readonly audit: AuditState;
  readonly received: {
    /** `distinctEvents` is the number of different event ids, as `events` is of all. */
    readonly cloudone: CloudTrailReceived & { readonly distinctEvents: number };
    readonly visionone: IngestReceived & { readonly distinctEvents: number };
  };
}

export interface World {
  readonly tenant: Tenant;
  readonly tally: EventTally;
  readonly apiKeys: ApiKeys;
  answer(call: Call): Promise<Reply>;
  state(): WorldState;
  configureAudit(settings: AuditSettings): void;
  /** Every audit record that a vendor holds, by vendor. IBM Cloud's are in its bucket. */
  auditRecords(): Generator<AuditRecord, void, undefined>;
  /** Revokes CloudTrail service tokens issued so far, and says how many. */
  revokeServiceTokens(which: RevokedTokens): number;
}

/**
 * All vendor services of one tenant, fresh. A new service joins by its own file and one line here.
 * @throws Refused when the seed holds what the services would not take
 */
export function createWorld(
  tenant: Tenant,
  now: () => Date,
  pace: ConnectionPace,
  seed: Seed = {},
  neighbours: readonly Service[] = [],
  auditSettings: AuditSettings = {},
): World {
  const tally = new EventTally();
  const apiKeys = new ApiKeys(tenant);
  const tokens = new EnrollmentTokens();
  tokens.add(tenant.visionOneEnrollmentToken, Number.POSITIVE_INFINITY);

  const connection = seed.visionOneConnection;
  const connect = createVisionOneConnect({
    tenant,
    now,
    tokens,
    pace,
    ...(connection && { seed: connection.status }),
  });
  const workload = createWorkload(tenant, seed.workloadConnectors);
  const cloudAccounts = createCloudAccounts(tenant, now, seed.cloudAccounts);
  const cloudTrail = createCloudTrail(tenant, now, tally);
  const visionOne = createVisionOne({ tenant, now, tokens, awsAccounts: seed.visionOneAwsAccounts ?? [] });
  const ingest = createVisionOneIngest(tenant, now, tally);
  const audit = createAuditSources(tenant, now, auditSettings);
  const services: readonly Service[] = [
    createAccounts(tenant, apiKeys),
    connect,
    workload,
    cloudAccounts,
    cloudTrail,
    visionOne,
    ingest,
    ...audit.services,
    ...neighbours,
  ];

  return {
    tenant,
    tally,
    apiKeys,
    configureAudit: audit.configure,
    auditRecords: audit.records,
    revokeServiceTokens: cloudTrail.revokeTokens,
    answer: (call) => {
      const service = services.find((candidate) => candidate.host === call.host);
      return service
        ? answer(service, apiKeys.translated(call))
        : Promise.resolve(nobodyThere(call.host, tenant));
    },
    state: () => {
      const { tokens: cloudTrailStackTokens, lifecycle, heartbeats, received } = cloudTrail.state();
      const { connectors: visionOneConnectors, awsAccounts: visionOneAwsAccounts } = visionOne.state();
      return {
        tenant: { region: tenant.cloudOneRegion, accountId: tenant.cloudOneAccountId },
        registered: {
          visionOneConnection: connect.state(),
          workloadConnectors: workload.state(),
          cloudAccounts: cloudAccounts.state(),
          visionOneConnectors,
          visionOneAwsAccounts,
          cloudTrailStackTokens,
        },
        lifecycle,
        heartbeats,
        audit: audit.state(),
        received: {
          cloudone: { ...received, distinctEvents: tally.distinct('cloudone') },
          visionone: { ...ingest.state(), distinctEvents: tally.distinct('visionone') },
        },
      };
    },
  };
}

/** Ours: in the vendor's world such a host does not resolve, or knows nothing of the tenant. */
function nobodyThere(host: string, tenant: Tenant): Reply {
  if (isVendorHost(host)) {
    const message =
      `${host} does not serve this tenant: it lives in Cloud One region ${tenant.cloudOneRegion}, ` +
      `in Vision One region ${tenant.visionOneRegion}, collects at ${new URL(tenant.ingestUrl).host}, ` +
      `has its audit log in region us-1, its controller at ${tenant.appDynamicsHost}, ` +
      `and its IBM Cloud bucket in ${tenant.ibmCloudRegion}.`;
    return json(421, { message });
  }
  return json(404, { message: `${host} is no host that the simulated vendors have.` });
}
