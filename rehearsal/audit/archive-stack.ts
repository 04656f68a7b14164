/** The audit archive's stack under rehearsal: its name, and what it is deployed with. */
import { ARCHIVE_PARAMETERS as P } from '../../contract/archive-parameters.ts';
import type { Parameters } from '../scenarios/scenario.ts';
import type { Tenant } from '../vendors/simulator.ts';
import { IBM_BUCKET } from './vendors-events.ts';

export const ARCHIVE_STACK = 'AuditArchive';

/** Verified with the local Amazon SES. */
export const MAIL_FROM = 'trailbridge@example.com';

/** Ways to look into it, while it is up. */
export const LOOK_INTO_ARCHIVE = [
  `npx trailbridge audit status`,
  `npx trailbridge audit list --from 2020-01-01`,
  `npx trailbridge --stack ${ARCHIVE_STACK} audit query --saved look-first`,
  `npx trailbridge --stack ${ARCHIVE_STACK} audit query "SELECT source, count(*) FROM audit_events GROUP BY source"`,
];

/** One report in every format there is, each day. */
export const REHEARSED_REPORT = {
  name: 'rehearsed',
  title: 'Audit of the rehearsal',
  subtitle: 'All three sources, 監査',
  titlePage: true,
  label: 'CONFIDENTIAL',
  range: { last: '30 days' },
  formats: ['pdf', 'json', 'csv'],
  every: 'day',
  at: 0,
  mailTo: ['auditor@example.com'],
} as const;

/** All three sources switched on. */
export function archiveParametersOf(tenant: Tenant): Parameters {
  return {
    [P.cloudOneApiKey]: tenant.cloudOneApiKey,
    [P.cloudOneRegion]: 'us-1',
    [P.controllerUrl]: `https://${tenant.appDynamicsHost}`,
    [P.authentication]: 'oauth',
    [P.principal]: `${tenant.appDynamicsApiClient}@${tenant.appDynamicsAccount}`,
    [P.credential]: tenant.appDynamicsApiClientSecret,
    [P.ibmBucketName]: IBM_BUCKET,
    [P.ibmBucketRegion]: tenant.ibmCloudRegion,
    [P.ibmHmacKey]: `${tenant.ibmAccessKeyId}:${tenant.ibmSecretAccessKey}`,
    [P.reports]: JSON.stringify([REHEARSED_REPORT]),
    [P.reportMailFrom]: MAIL_FROM,
  };
}
