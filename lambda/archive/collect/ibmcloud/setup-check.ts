/**
 * Whether account management's events reach the bucket at all. A route that lacks the location `global`, or a target that only
 * gets one region's events, is a common mistake, and looks like an account in which nothing happens.
 *
 * Source: IBM Cloud documentation, "Activity tracking events for account management" (sent in Frankfurt only) and "Managing
 * routes".
 */
const ACCOUNT_SERVICES = ['billing', 'user-management', 'iam-identity', 'iam-groups', 'iam-am'];

export function isAccountEvent(action: string): boolean {
  return ACCOUNT_SERVICES.includes(action.slice(0, action.indexOf('.')));
}

/** @returns what to look at; `undefined` where they arrive. */
export function setupProblem(events: number, accountEvents: number): string | undefined {
  if (accountEvents > 0) {
    return undefined;
  }
  const seen =
    events === 0 ? 'The bucket holds no events' : `None of ${events} events is of account management or IAM`;
  return (
    `${seen}. IBM Cloud sends those from Frankfurt (eu-de) only, as platform events: check that a route of Activity Tracker ` +
    'Event Routing includes the location "global" and has this bucket as its target, and that the bucket and the key prefix are the right ones.'
  );
}
