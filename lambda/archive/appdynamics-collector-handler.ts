/** Lambda handler that collects an AppDynamics controller's audit history. It wires; its siblings decide. */
import { appDynamicsCollectorEnvironment } from '../../contract/archive.ts';
import { SecretReader } from '../shared/secrets.ts';
import { auditHistoryAccess } from '../vendors/appdynamics/access.ts';
import { readAuditHistory } from '../vendors/appdynamics/audit-history.ts';
import { controllerPlace } from './collect/appdynamics/controller-place.ts';
import { appDynamicsCollector } from './collect/appdynamics-collector.ts';
import { collectorHandler } from './collect/collector-handler.ts';

export const handler = collectorHandler(appDynamicsCollectorEnvironment, (environment) => {
  const { CREDENTIAL_SECRET_ARN } = environment;
  const secrets = new SecretReader();
  const access = auditHistoryAccess(
    {
      url: environment.CONTROLLER_URL,
      authentication: environment.AUTHENTICATION,
      principal: environment.PRINCIPAL,
      include: environment.INCLUDE,
      exclude: environment.EXCLUDE,
    },
    {
      read: (signal) => secrets.read(CREDENTIAL_SECRET_ARN, signal),
      forget: () => secrets.forget(CREDENTIAL_SECRET_ARN),
    },
    'AppDynamics audit history',
  );
  return appDynamicsCollector(
    (window, signal) => readAuditHistory(access, window, signal),
    controllerPlace(environment.CONTROLLER_URL, environment.PRINCIPAL),
  );
});
