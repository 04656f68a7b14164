import type { AuditHistoryAccess } from './audit-history.ts';
import { basicCredential, OAuthCredential, type SecretSource } from './credential.ts';
import { parseAuditHistoryFilters } from './filters.ts';

/** A controller and who asks it, as the user gave them. */
export interface ControllerSettings {
  /** `https://<account>.saas.appdynamics.com`, or a controller of one's own. */
  readonly url: string;
  /** `basic`: a user's name and password. `oauth`: an API client's name and secret. */
  readonly authentication: 'basic' | 'oauth';
  /** `<user or API client>@<account>` */
  readonly principal: string;
  /** The controller's own filters, each a JSON list of `field:value`. */
  readonly include: string;
  readonly exclude: string;
}

/**
 * What the audit history is asked with.
 *
 * @param secret the user's password, or the API client's secret.
 * @param step what the calls are for, as their messages begin.
 * @throws MalformedFiltersError
 */
export function auditHistoryAccess(
  { url, authentication, principal, include, exclude }: ControllerSettings,
  secret: SecretSource,
  step: string,
): AuditHistoryAccess {
  return {
    controllerUrl: url,
    credential:
      authentication === 'basic'
        ? basicCredential(principal, secret)
        : new OAuthCredential({ controllerUrl: url, clientId: principal, clientSecret: secret, step }),
    filters: {
      include: parseAuditHistoryFilters(include, 'AppDynamicsInclude'),
      exclude: parseAuditHistoryFilters(exclude, 'AppDynamicsExclude'),
    },
    step,
  };
}
