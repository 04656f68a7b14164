/** The custom resources of the audit archive that prove its parameters, made as their handlers make them. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ProbeProperties } from '../../../contract/archive-checks.ts';
import { appDynamicsLook } from '../../../lambda/archive/probe/appdynamics.ts';
import { cloudOneLook } from '../../../lambda/archive/probe/cloudone.ts';
import { ibmCloudLook } from '../../../lambda/archive/probe/ibmcloud.ts';
import { type SourceLook, sourceProbe } from '../../../lambda/archive/probe/source-probe.ts';
import { reportCheck } from '../../../lambda/archive/reports/report-check.ts';
import { customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { freshSecretReader } from '../../../lambda/shared/fresh-secrets.ts';
import { defaultTenant } from '../../../rehearsal/vendors/tenant.ts';
import { never, type Subject } from './subject.ts';
import { API_KEY_SECRET, APP_DYNAMICS_SECRET, IBM_BUCKET, IBM_SECRET } from './world.ts';

/** They hold nothing, wherever. */
const HOLDS_NOTHING = {
  scenes: [{ name: 'nothing' }],
  survivesKills: true,
  held: () => [],
  madeFor: () => [],
  replaces: never,
} as const;

/** @param changes other values of what only this source has. */
function probeOf<Properties extends ProbeProperties>(
  look: SourceLook<Properties>,
  step: RegExp,
  { properties, changes }: Pick<Subject, 'properties' | 'changes'>,
): Subject {
  return {
    ...HOLDS_NOTHING,
    name: `SourceProbe of ${look.source}`,
    step,
    properties,
    changes: { ...changes, GivenSecretArn: ['', String(properties.SecretArn)] },
    coldStart: ({ sdk }) =>
      customResourceHandler(() => sourceProbe(look, freshSecretReader(new SecretsManagerClient(sdk)))),
  };
}

const REVISION = { Revision: ['1', '2'] };

export const ARCHIVE_SUBJECTS: readonly Subject[] = [
  probeOf(cloudOneLook, /^Proving that Trend Cloud One can be collected: /, {
    properties: { SecretArn: API_KEY_SECRET, CloudOneRegion: 'us-1' },
    changes: { ...REVISION, CloudOneRegion: ['us-1', 'de-1'] },
  }),
  probeOf(appDynamicsLook, /^Proving that Splunk AppDynamics can be collected: /, {
    properties: {
      SecretArn: APP_DYNAMICS_SECRET,
      ControllerUrl: `https://${defaultTenant.appDynamicsHost}`,
      Authentication: 'basic',
      Principal: `${defaultTenant.appDynamicsUser}@${defaultTenant.appDynamicsAccount}`,
      Include: '[]',
      Exclude: '[]',
    },
    changes: {
      ...REVISION,
      ControllerUrl: [`https://${defaultTenant.appDynamicsHost}`, 'https://other.saas.appdynamics.com'],
      Authentication: ['basic', 'oauth'],
      Include: ['[]', '["action:LOGIN"]', '["login"]'],
    },
  }),
  probeOf(ibmCloudLook, /^Proving that IBM Cloud can be collected: /, {
    properties: { SecretArn: IBM_SECRET, Bucket: IBM_BUCKET, BucketRegion: 'eu-de', KeyPrefix: '' },
    changes: {
      ...REVISION,
      Bucket: [IBM_BUCKET, 'no-such-bucket'],
      BucketRegion: ['eu-de', 'us-south'],
      KeyPrefix: ['', 'logs/'],
    },
  }),
  {
    ...HOLDS_NOTHING,
    name: 'ReportCheck',
    step: /^Reading AuditReports: /,
    properties: { Reports: '', MailFrom: '' },
    changes: {
      ...REVISION,
      Reports: ['', '[{"name":"a","title":"A","every":"day","mailTo":["a@example.com"]}]', '[{]'],
      MailFrom: ['', 'audit@example.com'],
    },
    coldStart: () => customResourceHandler(reportCheck),
  },
];
