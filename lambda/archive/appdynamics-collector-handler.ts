/** Lambda handler that collects an AppDynamics controller's audit history. It wires; its siblings decide. */
import type * as z from 'zod';
import { appDynamicsCollectorEnvironment } from '../../contract/archive.ts';
import { SecretReader } from '../shared/secrets.ts';
import { readAuditHistory } from '../vendors/appdynamics/audit-history.ts';
import {
  type AppDynamicsCredential,
  basicCredential,
  OAuthCredential,
} from '../vendors/appdynamics/credential.ts';
import { parseAuditHistoryFilters } from '../vendors/appdynamics/filters.ts';
import { controllerPlace } from './collect/appdynamics/controller-place.ts';
import { appDynamicsCollector } from './collect/appdynamics-collector.ts';
import { collectorHandler } from './collect/collector-handler.ts';

const STEP = 'AppDynamics audit history';

export const handler = collectorHandler(appDynamicsCollectorEnvironment, (environment) => {
  const access = {
    controllerUrl: environment.CONTROLLER_URL,
    credential: credentialOf(environment),
    filters: {
      include: parseAuditHistoryFilters(environment.INCLUDE, 'INCLUDE'),
      exclude: parseAuditHistoryFilters(environment.EXCLUDE, 'EXCLUDE'),
    },
    step: STEP,
  };
  return appDynamicsCollector(
    (window, signal) => readAuditHistory(access, window, signal),
    controllerPlace(environment.CONTROLLER_URL, environment.PRINCIPAL),
  );
});

function credentialOf(environment: z.infer<typeof appDynamicsCollectorEnvironment>): AppDynamicsCredential {
  const { AUTHENTICATION, CONTROLLER_URL, CREDENTIAL_SECRET_ARN, PRINCIPAL } = environment;
  const secrets = new SecretReader();
  const secret = {
    read: (signal: AbortSignal) => secrets.read(CREDENTIAL_SECRET_ARN, signal),
    forget: () => secrets.forget(CREDENTIAL_SECRET_ARN),
  };
  return AUTHENTICATION === 'basic'
    ? basicCredential(PRINCIPAL, secret)
    : new OAuthCredential({
        controllerUrl: CONTROLLER_URL,
        clientId: PRINCIPAL,
        clientSecret: secret,
        step: STEP,
      });
}
