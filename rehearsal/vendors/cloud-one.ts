import { type Call, credentials, json, mediaType, parseJson, Refused, type Reply } from './http.ts';
import type { Route } from './router.ts';
import type { Tenant } from './tenant.ts';
import { isJsonObject, type JsonObject } from './validate.ts';

// What all Cloud One services share: the API key, the version header and the shape of an error.

const API_VERSION = 'v1';

/** Cloud One's error body. Assumed: the vendor publishes no single format; `message` is the commonest. */
export function cloudOneRefusal(refused: Refused): Reply {
  return json(refused.status, { message: refused.message });
}

/**
 * The routes, guarded as every Cloud One call is: `Authorization: ApiKey <key>` and `api-version: v1`
 * (the vendor's published onboarding functions send both).
 *
 * @param unauthorized the status for a wrong key: 401, but 403 where a service documents only that
 */
export function guarded(tenant: Tenant, routes: readonly Route[], unauthorized = 401): Route[] {
  return routes.map((route) => ({
    ...route,
    handle: (call, params) => {
      requireApiKey(call, tenant, unauthorized);
      requireApiVersion(call, API_VERSION);
      return route.handle(call, params);
    },
  }));
}

function requireApiKey(call: Call, tenant: Tenant, unauthorized: number): void {
  const key = credentials(call.headers, 'ApiKey');
  if (key === undefined) {
    throw new Refused(unauthorized, 'Missing credentials: expected "Authorization: ApiKey <key>".');
  }
  if (key !== tenant.cloudOneApiKey) throw new Refused(unauthorized, 'The API key is not valid.');
}

/** Assumed: a missing or unknown version is answered with 400. */
export function requireApiVersion(call: Call, version: string): void {
  if (call.headers['api-version'] !== version) {
    throw new Refused(
      400,
      `Missing or unsupported API version: expected the header "api-version: ${version}".`,
    );
  }
}

/**
 * The body as a JSON object.
 * Assumed: 415 for another media type, 400 for anything that is not a JSON object.
 */
export function jsonObject(call: Call): JsonObject {
  if (mediaType(call.headers) !== 'application/json') {
    throw new Refused(415, 'Unsupported media type: expected "Content-Type: application/json".');
  }
  const value = parseJson(call.body);
  if (!isJsonObject(value)) throw new Refused(400, 'The body is not a JSON object.');
  return value;
}

/** A field that must be there. Assumed: 400 that names it. */
export function requiredString(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string' || value === '')
    throw new Refused(400, `"${name}" must be a non-empty string.`);
  return value;
}

/** A field that may be missing. Assumed: 400 where it is there and not a string. */
export function optionalString(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  if (value !== undefined && typeof value !== 'string') throw new Refused(400, `"${name}" must be a string.`);
  return value;
}

/** The account number in the ARN of an IAM role. Assumed: 400 for anything else. */
export function accountOfRole(roleArn: string, name: string): string {
  const account = /^arn:aws[a-z-]*:iam::(\d{12}):role\/.+$/.exec(roleArn)?.[1];
  if (account === undefined) throw new Refused(400, `"${name}" must be the ARN of an IAM role.`);
  return account;
}
