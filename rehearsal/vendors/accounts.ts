import type { ApiKeys } from './api-keys.ts';
import { cloudOneRefusal, guarded } from './cloud-one.ts';
import { json, Refused } from './http.ts';
import type { Service } from './router.ts';
import type { Tenant } from './tenant.ts';

/** Cloud One accounts: what an API key belongs to. The only service whose host carries no region. */
export function createAccounts(tenant: Tenant, keys: Pick<ApiKeys, 'hasId'>): Service {
  return {
    host: 'accounts.cloudone.trendmicro.com',
    refusal: cloudOneRefusal,
    routes: guarded(tenant, [
      {
        method: 'GET',
        path: '/api/apikeys/{id}',
        handle: (_call, { id }) => {
          if (!keys.hasId(id)) throw new Refused(404, 'No such API key in this account.');
          // The vendor's own client takes region and account from the URN's fields 3 and 4.
          return json(200, {
            id,
            alias: 'simulated',
            urn: `urn:cloudone:identity:${tenant.cloudOneRegion}:${tenant.cloudOneAccountId}:apikey/${id}`,
            roleID: 'full-access',
            enabled: true,
            created: '2026-01-01T00:00:00Z',
            lastModified: '2026-01-01T00:00:00Z',
          });
        },
      },
    ]),
  };
}
