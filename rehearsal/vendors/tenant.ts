import { InvalidInput, type JsonObject, objectOf, text } from './validate.ts';

/** The one customer that the simulated vendors know: a Cloud One account and a Vision One account. */
export interface Tenant {
  /** `<id>:<secret>`, the id being 27 base-62 characters in the vendor's samples. */
  readonly cloudOneApiKey: string;
  readonly cloudOneAccountId: string;
  /** A Cloud One region code. @default us-1 */
  readonly cloudOneRegion: string;
  /** The registration token that a user copies from the Vision One console. */
  readonly visionOneEnrollmentToken: string;
  readonly visionOneApiKey: string;
  /** A Vision One region code. @default us */
  readonly visionOneRegion: string;
  /** The address of the tenant's HTTP event collector, as the vendor's console shows it. */
  readonly ingestUrl: string;
  readonly ingestToken: string;
  /** The AppDynamics controller: a host under `saas.appdynamics.com`. */
  readonly appDynamicsHost: string;
  readonly appDynamicsAccount: string;
  readonly appDynamicsUser: string;
  readonly appDynamicsPassword: string;
  readonly appDynamicsApiClient: string;
  readonly appDynamicsApiClientSecret: string;
  /** Where IBM Cloud's object storage bucket is. @default eu-de */
  readonly ibmCloudRegion: string;
  /** HMAC credentials of the object storage. */
  readonly ibmAccessKeyId: string;
  readonly ibmSecretAccessKey: string;
}

/** The AWS region that each Cloud One region lives in (Cloud One documentation, "Regions"). */
const awsRegionOfCloudOne: Readonly<Record<string, string>> = {
  'us-1': 'us-east-1',
  'in-1': 'ap-south-1',
  'gb-1': 'eu-west-2',
  'au-1': 'ap-southeast-2',
  'de-1': 'eu-central-1',
  'jp-1': 'ap-northeast-1',
  'sg-1': 'ap-southeast-1',
  'ca-1': 'ca-central-1',
};

/** The API host of each Vision One region (Vision One API documentation, "Regional domains"). */
const visionOneHosts: Readonly<Record<string, string>> = {
  us: 'api.xdr.trendmicro.com',
  au: 'api.au.xdr.trendmicro.com',
  eu: 'api.eu.xdr.trendmicro.com',
  in: 'api.in.xdr.trendmicro.com',
  sg: 'api.sg.xdr.trendmicro.com',
  jp: 'api.xdr.trendmicro.co.jp',
};

/**
 * A token in the three-part shape of a JSON Web Token. The last part stays readable, so that a search
 * for "simulated" finds a leaked one.
 */
export function simulatedJwt(claims: JsonObject, signature: string): string {
  const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${signature}`;
}

export const defaultTenant: Tenant = {
  cloudOneApiKey: 'tmcSimulatedKeyId0000000001:simulatedCloudOneApiKeySecretNotARealOne000000000',
  cloudOneAccountId: '900000000001',
  cloudOneRegion: 'us-1',
  visionOneEnrollmentToken: simulatedJwt({ sub: 'enrollment' }, 'simulatedVisionOneEnrollmentToken'),
  visionOneApiKey: simulatedJwt({ sub: 'api-key' }, 'simulatedVisionOneApiKey'),
  visionOneRegion: 'us',
  ingestUrl: 'https://xlogr-simulated.xdr.trendmicro.com/ingest/api/v1/third_party_log/raw',
  ingestToken: simulatedJwt({ sub: 'ingest' }, 'simulatedVisionOneIngestToken'),
  appDynamicsHost: 'simulated.saas.appdynamics.com',
  appDynamicsAccount: 'simulated',
  appDynamicsUser: 'auditor',
  appDynamicsPassword: 'simulatedAppDynamicsPassword: not a "real" one',
  appDynamicsApiClient: 'audit-collector',
  appDynamicsApiClientSecret: 'simulatedAppDynamicsApiClientSecret',
  ibmCloudRegion: 'eu-de',
  ibmAccessKeyId: 'simulatedIbmHmacAccessKeyId',
  ibmSecretAccessKey: 'simulatedIbmHmacSecretAccessKey',
};

const tenantFields = Object.keys(defaultTenant) as (keyof Tenant)[];

/**
 * Some or all fields of a tenant, as a person or a test gave them.
 * @throws InvalidInput that names the field
 */
export function parseTenant(value: unknown, field: string): Partial<Tenant> {
  const object = objectOf(value, field, tenantFields);
  return Object.fromEntries(Object.keys(object).map((key) => [key, text(object, key, field)]));
}

const APPDYNAMICS_HOST = /^[a-z0-9-]+\.saas\.appdynamics\.com$/;

/**
 * The tenant, checked as a whole.
 * @throws InvalidInput that names the field
 */
export function checkedTenant(tenant: Tenant): Tenant {
  if (!/^[^:]+:.+$/.test(tenant.cloudOneApiKey)) {
    throw new InvalidInput('tenant.cloudOneApiKey', 'expected an id, a colon and a secret');
  }
  awsRegionOf(tenant);
  visionOneHostOf(tenant);
  if (!URL.canParse(tenant.ingestUrl) || !tenant.ingestUrl.startsWith('https://')) {
    throw new InvalidInput('tenant.ingestUrl', 'expected an https address');
  }
  if (!APPDYNAMICS_HOST.test(tenant.appDynamicsHost)) {
    throw new InvalidInput('tenant.appDynamicsHost', 'expected a host under saas.appdynamics.com');
  }
  return tenant;
}

/** The AWS region in which the tenant's Cloud One region lives. */
export function awsRegionOf(tenant: Tenant): string {
  const region = awsRegionOfCloudOne[tenant.cloudOneRegion];
  if (region === undefined) {
    throw new InvalidInput(
      'tenant.cloudOneRegion',
      `expected one of ${Object.keys(awsRegionOfCloudOne).join(', ')}`,
    );
  }
  return region;
}

/** The host of a regional Cloud One service, for example `workload.us-1.cloudone.trendmicro.com`. */
export function cloudOneHost(service: string, tenant: Tenant): string {
  return `${service}.${tenant.cloudOneRegion}.cloudone.trendmicro.com`;
}

export function visionOneHostOf(tenant: Tenant): string {
  const host = visionOneHosts[tenant.visionOneRegion];
  if (host === undefined) {
    throw new InvalidInput(
      'tenant.visionOneRegion',
      `expected one of ${Object.keys(visionOneHosts).join(', ')}`,
    );
  }
  return host;
}

const regionalHosts = [
  /^(?:visionone-connect|workload|cloudaccounts|cloudtrail|audit)\.[a-z0-9-]+\.cloudone\.trendmicro\.com$/,
  /^xlogr-[a-z0-9-]+\.xdr\.trendmicro\.com$/,
  APPDYNAMICS_HOST,
  /^s3\.[a-z0-9-]+\.cloud-object-storage\.appdomain\.cloud$/,
  ...Object.values(visionOneHosts).map((host) => new RegExp(`^${host.replaceAll('.', '\\.')}$`)),
];

/** Whether the vendor has such a host, even if this tenant does not live there. */
export function isVendorHost(host: string): boolean {
  return regionalHosts.some((pattern) => pattern.test(host));
}
