import {
  accountOfRole,
  cloudOneRefusal,
  guarded,
  jsonObject,
  optionalString,
  requiredString,
} from './cloud-one.ts';
import { type Call, json, Refused, type Reply } from './http.ts';
import type { Service } from './router.ts';
import { cloudOneHost, type Tenant } from './tenant.ts';
import { isJsonObject } from './validate.ts';

/** An AWS account that Workload Security looks into. */
export interface AwsConnector {
  /** A 32-bit number, spelt in capitals by the service. */
  readonly ID: number;
  readonly displayName: string;
  readonly accountId: string;
  readonly crossAccountRoleArn: string;
}

export type NewAwsConnector = Omit<AwsConnector, 'ID'>;

const MAX_ITEMS = 5000;

// Workload Security documents only 200 and 403 for these calls, so a wrong key gets 403 here.
const UNAUTHORIZED = 403;

/** Workload Security (API description: "AWS Connectors", "AWS Connector Settings"). */
export function createWorkload(
  tenant: Tenant,
  seed: readonly NewAwsConnector[] = [],
): Service & { state(): AwsConnector[] } {
  const connectors = new Map<number, AwsConnector>();
  let lastId = 0;

  const create = (connector: NewAwsConnector): Reply => {
    // Assumed: a second connector for the same account is accepted. The API description is silent, and the
    // silent duplicate is the outcome that a client has to guard against; a refusal can be had by a fault.
    lastId += 1;
    const created = { ID: lastId, ...connector };
    connectors.set(lastId, created);
    return json(200, created);
  };
  const existing = (id: string | undefined): AwsConnector => {
    const found = /^\d{1,10}$/.test(id ?? '') ? connectors.get(Number(id)) : undefined;
    if (!found) throw new Refused(404, 'No such AWS connector.');
    return found;
  };
  for (const connector of seed) create(connector);

  return {
    host: cloudOneHost('workload', tenant),
    refusal: cloudOneRefusal,
    routes: guarded(
      tenant,
      [
        {
          method: 'GET',
          path: '/api/awsconnectorsettings',
          handle: () => json(200, { externalId: externalIdOf(tenant) }),
        },
        { method: 'POST', path: '/api/awsconnectors', handle: (call) => create(parseNew(call)) },
        {
          method: 'POST',
          path: '/api/awsconnectors/search',
          handle: (call) => json(200, { awsConnectors: search([...connectors.values()], call) }),
        },
        {
          method: 'GET',
          path: '/api/awsconnectors/{ID}',
          handle: (_call, params) => json(200, existing(params.ID)),
        },
        {
          method: 'POST',
          path: '/api/awsconnectors/{ID}',
          handle: (call, params) => {
            const updated = modified(existing(params.ID), call);
            connectors.set(updated.ID, updated);
            return json(200, updated);
          },
        },
        {
          method: 'DELETE',
          path: '/api/awsconnectors/{ID}',
          handle: (_call, params) => {
            // Assumed: 404 for a missing one. Documented are 200 and 403 only.
            connectors.delete(existing(params.ID).ID);
            return { status: 200, headers: {}, body: '' };
          },
        },
      ],
      UNAUTHORIZED,
    ),
    state: () => [...connectors.values()],
  };
}

/** The external id that the cross-account role must ask for: one per Cloud One account. */
function externalIdOf(tenant: Tenant): string {
  return `simulated-external-id-${tenant.cloudOneAccountId}`;
}

function parseNew(call: Call): NewAwsConnector {
  const body = jsonObject(call);
  const crossAccountRoleArn = requiredString(body, 'crossAccountRoleArn');
  const account = accountOfRole(crossAccountRoleArn, 'crossAccountRoleArn');
  const accountId = optionalString(body, 'accountId') ?? account;
  // Assumed: the role must belong to the account that it opens.
  if (accountId !== account)
    throw new Refused(400, '"accountId" is not the account of "crossAccountRoleArn".');
  return { displayName: requiredString(body, 'displayName'), accountId, crossAccountRoleArn };
}

function modified(connector: AwsConnector, call: Call): AwsConnector {
  const body = jsonObject(call);
  const crossAccountRoleArn = optionalString(body, 'crossAccountRoleArn') ?? connector.crossAccountRoleArn;
  return {
    ID: connector.ID,
    displayName: optionalString(body, 'displayName') ?? connector.displayName,
    accountId: accountOfRole(crossAccountRoleArn, 'crossAccountRoleArn'),
    crossAccountRoleArn,
  };
}

/** Search by equality of strings, which is what onboarding needs of the service's search language. */
function search(connectors: readonly AwsConnector[], call: Call): AwsConnector[] {
  const { maxItems = MAX_ITEMS, searchCriteria = [] } = jsonObject(call);
  if (!Number.isInteger(maxItems) || (maxItems as number) < 1) {
    throw new Refused(400, '"maxItems" must be a whole number above 0.');
  }
  if (!Array.isArray(searchCriteria)) throw new Refused(400, '"searchCriteria" must be an array.');
  return connectors
    .filter((connector) => searchCriteria.every((criterion: unknown) => satisfies(connector, criterion)))
    .slice(0, maxItems as number);
}

function satisfies(connector: AwsConnector, criterion: unknown): boolean {
  if (!isJsonObject(criterion)) throw new Refused(400, 'Each search criterion must be an object.');
  const value = requiredString(criterion, 'stringValue');
  switch (requiredString(criterion, 'fieldName')) {
    case 'accountId':
      return connector.accountId === value;
    case 'displayName':
      return connector.displayName === value;
    case 'crossAccountRoleArn':
      return connector.crossAccountRoleArn === value;
    default:
      throw new Refused(400, 'AWS connectors cannot be searched by that "fieldName".');
  }
}
