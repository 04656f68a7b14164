import {
  accountOfRole,
  cloudOneRefusal,
  guarded,
  jsonObject,
  optionalString,
  requiredString,
} from './cloud-one.ts';
import { json, noContent, Refused, type Reply } from './http.ts';
import type { Service } from './router.ts';
import { cloudOneHost, type Tenant } from './tenant.ts';

/** An AWS account that is registered with Cloud One. */
export interface CloudAccount {
  /** The 12-digit number of the AWS account (the vendor's own client uses it so). */
  readonly id: string;
  readonly roleARN: string;
  readonly created: string;
  readonly lastModified: string;
  readonly alias: string;
  readonly description: string;
  readonly state: 'managed';
}

export interface NewCloudAccount {
  readonly roleARN: string;
  readonly alias?: string | undefined;
  readonly description?: string | undefined;
}

/** Cloud One cloud accounts. */
export function createCloudAccounts(
  tenant: Tenant,
  now: () => Date,
  seed: readonly NewCloudAccount[] = [],
): Service & { state(): CloudAccount[] } {
  const accounts = new Map<string, CloudAccount>();

  const create = ({ roleARN, alias = '', description = '' }: NewCloudAccount): Reply => {
    const id = accountOfRole(roleARN, 'roleARN');
    // Assumed: 409 for an account that is registered already.
    if (accounts.has(id)) throw new Refused(409, `AWS account ${id} is already registered.`);
    const created = now().toISOString();
    const account = {
      id,
      roleARN,
      created,
      lastModified: created,
      alias,
      description,
      state: 'managed',
    } as const;
    accounts.set(id, account);
    // Assumed: 201. The vendor's own client does not look at the code.
    return json(201, account);
  };
  const existing = (id: string | undefined): CloudAccount => {
    const found = accounts.get(id ?? '');
    // Assumed: 404.
    if (!found) throw new Refused(404, 'No such AWS account is registered.');
    return found;
  };
  for (const account of seed) create(account);

  return {
    host: cloudOneHost('cloudaccounts', tenant),
    refusal: cloudOneRefusal,
    routes: guarded(tenant, [
      {
        method: 'POST',
        path: '/api/cloudaccounts/aws',
        handle: (call) => {
          const body = jsonObject(call);
          return create({
            roleARN: requiredString(body, 'roleARN'),
            alias: optionalString(body, 'alias'),
            description: optionalString(body, 'description'),
          });
        },
      },
      {
        // Assumed: an account can be read where it is deleted.
        method: 'GET',
        path: '/api/cloudaccounts/aws/{id}',
        handle: (_call, params) => json(200, existing(params.id)),
      },
      {
        method: 'DELETE',
        path: '/api/cloudaccounts/aws/{id}',
        handle: (_call, params) => {
          accounts.delete(existing(params.id).id);
          // Assumed: 204. The vendor's own client does not look at the code.
          return noContent();
        },
      },
    ]),
    state: () => [...accounts.values()],
  };
}
