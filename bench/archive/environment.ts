/** What the archive's functions are told in the benchmark. */
import { AUDIT_SOURCES, type AuditSource } from '../../contract/archive.ts';
import { defaultTenant } from '../../rehearsal/vendors/tenant.ts';
import { BUCKETS, SECRETS } from './protocol.ts';

export interface Urls {
  readonly awsUrl: string;
  readonly vendorsUrl: string;
}

/** For every function alike: each takes what it needs. */
export function environmentOf({ awsUrl, vendorsUrl }: Urls): Record<string, string> {
  const { appDynamicsHost, appDynamicsUser, appDynamicsAccount, ibmCloudRegion } = defaultTenant;
  return {
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'benchmark',
    AWS_SECRET_ACCESS_KEY: 'benchmark',
    POWERTOOLS_SERVICE_NAME: 'Benchmark',
    VENDOR_ENDPOINT_OVERRIDE: vendorsUrl,
    STACK_NAME: 'Benchmark',
    RAW_BUCKET: BUCKETS.raw,
    DERIVED_BUCKET: BUCKETS.derived,
    ARCHIVE_TABLE: 'archive',
    CLOUD_ONE_REGION: defaultTenant.cloudOneRegion,
    API_KEY_SECRET_ARN: SECRETS.cloudone,
    CONTROLLER_URL: `https://${appDynamicsHost}`,
    AUTHENTICATION: 'basic',
    PRINCIPAL: `${appDynamicsUser}@${appDynamicsAccount}`,
    CREDENTIAL_SECRET_ARN: SECRETS.appdynamics,
    INCLUDE: '',
    EXCLUDE: '',
    BUCKET: BUCKETS.ibm,
    BUCKET_REGION: ibmCloudRegion,
    KEY_PREFIX: '',
    HMAC_SECRET_ARN: SECRETS.ibmcloud,
  };
}

/** The handlers' files below `lambda/`. */
export const ARCHIVE_HANDLERS: Readonly<Record<AuditSource | 'derivation', string>> = {
  ...(Object.fromEntries(
    AUDIT_SOURCES.map((source) => [source, `archive/${source}-collector-handler.ts`]),
  ) as Record<AuditSource, string>),
  derivation: 'archive/derivation-handler.ts',
};
