import { randomUUID } from 'node:crypto';
import type { EnrollmentTokens } from './enrollment-tokens.ts';
import { type Call, credentials, json, noContent, parseJson, Refused, type Reply } from './http.ts';
import type { Route, Service } from './router.ts';
import { simulatedJwt, type Tenant, visionOneHostOf } from './tenant.ts';
import { isJsonObject, type JsonObject } from './validate.ts';

/** A product connector, made by generating an enrollment token; shown without the token. */
export interface VisionOneConnector {
  readonly connectorId: string;
  readonly tokenExpireTime: string;
}

/** An AWS account in Vision One's cloud account management. */
export interface VisionOneAwsAccount {
  readonly id: string;
  readonly roleArn: string;
  readonly name: string;
  readonly description: string;
  readonly state: string;
  readonly createdDateTime: string;
  readonly updatedDateTime: string;
}

export interface NewVisionOneAwsAccount {
  readonly roleArn: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

interface VisionOneState {
  readonly connectors: VisionOneConnector[];
  readonly awsAccounts: VisionOneAwsAccount[];
}

interface Options {
  readonly tenant: Tenant;
  readonly now: () => Date;
  /** Where a generated token is made known to the Cloud One side. */
  readonly tokens: EnrollmentTokens;
  readonly awsAccounts?: readonly NewVisionOneAwsAccount[];
}

/** Assumed: how long an enrollment token is good for. */
const TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Assumed: the page size where `top` is missing. */
const DEFAULT_PAGE = 50;

const codes: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'InvalidCredentials',
  403: 'AccessDenied',
  404: 'NotFound',
  413: 'RequestEntityTooLarge',
  429: 'TooManyRequests',
};

/** Vision One's error body (Vision One API documentation, "Troubleshooting"). */
export function visionOneRefusal(refused: Refused): Reply {
  const code = refused.code ?? codes[refused.status] ?? 'Error';
  return json(refused.status, { error: { code, message: refused.message } });
}

/** @throws Refused with 401 unless the call carries `Authorization: Bearer <token>` */
export function requireBearer(call: Call, token: string): void {
  const given = credentials(call.headers, 'Bearer');
  if (given === undefined)
    throw new Refused(401, 'Missing credentials: expected "Authorization: Bearer <token>".');
  if (given !== token) throw new Refused(401, 'Invalid token.');
}

/** The Vision One API of the tenant's region. */
export function createVisionOne(options: Options): Service & { state(): VisionOneState } {
  const { tenant } = options;
  const host = visionOneHostOf(tenant);
  const enrollment = createEnrollment(options);
  const accounts = createAwsAccounts(options, host);
  const health: Route = {
    method: 'GET',
    path: '/v3.0/healthcheck/connectivity',
    handle: () => json(200, { status: 'available' }),
  };
  return {
    host,
    refusal: visionOneRefusal,
    routes: [health, ...enrollment.routes, ...accounts.routes].map((route) => ({
      ...route,
      handle: (call, params) => {
        requireBearer(call, tenant.visionOneApiKey);
        return route.handle(call, params);
      },
    })),
    state: () => ({ connectors: enrollment.state(), awsAccounts: accounts.state() }),
  };
}

/** Enrollment tokens and the product connectors that come with them (the vendor's own client uses both). */
function createEnrollment({ now, tokens }: Options) {
  const connectors = new Map<string, VisionOneConnector & { token: string }>();

  const generate = (call: Call): Reply => {
    // Assumed: only the product that the vendor's own client asks for is known.
    if (bodyOf(call).productId !== 'scc') throw new Refused(400, '"productId" must be "scc".');
    const connectorId = randomUUID();
    const expiresAt = now().getTime() + TOKEN_LIFETIME_MS;
    const token = simulatedJwt({ sub: connectorId }, 'simulatedVisionOneEnrollmentToken');
    // Assumed: the time is written as ISO 8601.
    const tokenExpireTime = new Date(expiresAt).toISOString();
    connectors.set(connectorId, { connectorId, tokenExpireTime, token });
    // Assumed: a generated token connects once.
    tokens.add(token, expiresAt, true);
    return json(200, { token, connectorId, tokenExpireTime });
  };
  const remove = (connectorId = ''): Reply => {
    const connector = connectors.get(connectorId);
    // Assumed: 404 for a missing one.
    if (!connector) throw new Refused(404, 'No such connector.');
    connectors.delete(connectorId);
    tokens.remove(connector.token);
    // The vendor's own client reads the answer as JSON, so there is some. Assumed: what it holds.
    return json(200, {});
  };

  const routes: Route[] = [
    { method: 'POST', path: '/v1.0/preview/uic/instances/enrollment', handle: generate },
    {
      method: 'DELETE',
      path: '/v2.0/xdr/portal/connectors/onpremise/{connectorId}',
      handle: (_call, params) => remove(params.connectorId),
    },
  ];
  return {
    routes,
    state: () =>
      [...connectors.values()].map(({ connectorId, tokenExpireTime }) => ({ connectorId, tokenExpireTime })),
  };
}

/** Cloud account management, as the vendor's Terraform provider uses it. */
function createAwsAccounts({ now, awsAccounts: seed = [] }: Options, host: string) {
  const accounts = new Map<string, VisionOneAwsAccount>();
  const path = '/beta/cam/awsAccounts';

  const existing = (id = ''): VisionOneAwsAccount => {
    const found = accounts.get(id);
    if (!found) throw new Refused(404, 'Not found');
    return found;
  };
  const create = ({ roleArn, name = '', description = '' }: NewVisionOneAwsAccount): Reply => {
    const id = accountOf(roleArn);
    // Assumed: 409 for an account that is connected already.
    if (accounts.has(id)) throw new Refused(409, `AWS account ${id} is already connected.`, 'Conflict');
    const created = now().toISOString();
    accounts.set(id, {
      id,
      roleArn,
      name,
      description,
      state: 'managed',
      createdDateTime: created,
      updatedDateTime: created,
    });
    return { status: 201, headers: { location: `https://${host}${path}/${id}` }, body: '' };
  };
  const update = (id: string | undefined, call: Call): Reply => {
    const account = existing(id);
    const { roleArn = account.roleArn, name, description } = accountFields(bodyOf(call));
    // Assumed: the role may change, the account may not.
    if (accountOf(roleArn) !== account.id) throw new Refused(400, '"roleArn" is in another AWS account.');
    accounts.set(account.id, {
      ...account,
      roleArn,
      name: name ?? account.name,
      description: description ?? account.description,
      updatedDateTime: now().toISOString(),
    });
    return noContent();
  };
  const list = (call: Call): Reply => {
    const top = wholeNumber(call.query.get('top'), DEFAULT_PAGE);
    // Assumed: how the next page is addressed; a client follows `nextLink` without looking into it.
    const skip = wholeNumber(call.query.get('skip'), 0);
    const items = [...accounts.values()].slice(skip, skip + top);
    const end = skip + items.length;
    const next = end < accounts.size ? { nextLink: `https://${host}${path}?top=${top}&skip=${end}` } : {};
    return json(200, { totalCount: accounts.size, count: items.length, items, ...next });
  };
  for (const account of seed) create(account);

  const one = `${path}/{id}`;
  const routes: Route[] = [
    {
      method: 'POST',
      path,
      handle: (call) => {
        const { roleArn, ...rest } = accountFields(bodyOf(call));
        if (roleArn === undefined) throw new Refused(400, '"roleArn" is missing.');
        return create({ roleArn, ...rest });
      },
    },
    { method: 'GET', path, handle: list },
    { method: 'GET', path: one, handle: (_call, params) => json(200, existing(params.id)) },
    { method: 'PATCH', path: one, handle: (call, params) => update(params.id, call) },
    {
      method: 'DELETE',
      path: one,
      handle: (_call, params) => {
        accounts.delete(existing(params.id).id);
        return noContent();
      },
    },
  ];
  return { routes, state: () => [...accounts.values()] };
}

function bodyOf(call: Call): JsonObject {
  const value = parseJson(call.body);
  if (!isJsonObject(value)) throw new Refused(400, 'The body is not a JSON object.');
  return value;
}

/** The fields that the simulator keeps; the service knows many more, which are accepted and dropped. */
function accountFields(body: JsonObject): { [K in keyof NewVisionOneAwsAccount]: string | undefined } {
  const optional = (name: string): string | undefined => {
    const value = body[name];
    if (value !== undefined && typeof value !== 'string')
      throw new Refused(400, `"${name}" must be a string.`);
    return value;
  };
  return { roleArn: optional('roleArn'), name: optional('name'), description: optional('description') };
}

/** Assumed: the id of a connected account is its 12-digit AWS account number. */
function accountOf(roleArn: string): string {
  const account = /^arn:aws[a-z-]*:iam::(\d{12}):role\/.+$/.exec(roleArn)?.[1];
  if (account === undefined) throw new Refused(400, '"roleArn" must be the ARN of an IAM role.');
  return account;
}

function wholeNumber(value: string | null, fallback: number): number {
  if (value === null) return fallback;
  if (!/^\d{1,6}$/.test(value)) throw new Refused(400, 'Paging parameters must be whole numbers.');
  return Number(value);
}
