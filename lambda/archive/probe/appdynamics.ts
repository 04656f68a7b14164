import type * as z from 'zod';
import { appDynamicsProbeProperties } from '../../../contract/archive-checks.ts';
import { ARCHIVE_PARAMETERS as P } from '../../../contract/archive-parameters.ts';
import { auditHistoryAccess } from '../../vendors/appdynamics/access.ts';
import { readAuditHistory } from '../../vendors/appdynamics/audit-history.ts';
import type { SourceLook } from './source-probe.ts';

const MINUTE_MS = 60_000;

/** Logs in, or asks for a token, and reads the audit history of the last minute. */
export const appDynamicsLook: SourceLook<z.infer<typeof appDynamicsProbeProperties>> = {
  source: 'appdynamics',
  properties: appDynamicsProbeProperties,
  parameters: [P.controllerUrl, P.authentication, P.principal, P.credential, P.include, P.exclude],
  secretArnParameter: P.credentialSecretArn,
  mayHoldSpaces: true,
  look: async (properties, { secret, step, signal }) => {
    const access = auditHistoryAccess(
      {
        url: properties.ControllerUrl,
        authentication: properties.Authentication,
        principal: properties.Principal,
        include: properties.Include,
        exclude: properties.Exclude,
      },
      { read: async () => secret, forget: () => {} },
      step,
    );
    const to = Date.now();
    await readAuditHistory(access, { from: to - MINUTE_MS, to }, signal);
  },
};
