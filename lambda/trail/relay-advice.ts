/** What a user does whose bucket is not where the stack is: the one place that says so. */
import { PARAMETERS, RELAY_PARAMETERS } from '../../contract/parameters.ts';
import type { StackArn } from '../../contract/stack-arn.ts';

interface Place {
  readonly region: string;
  /** `undefined` where it is another account's than the stack's, and S3 does not say whose. */
  readonly accountId: string | undefined;
}

/** The switch for a bucket's events. A document that is put replaces the former one, with all that others have in it. */
export const SWITCH_ON =
  'in the S3 console, Properties, Amazon EventBridge, On (on a command line put-bucket-notification-configuration ' +
  'replaces the whole document: get it first, add "EventBridgeConfiguration": {})';

/**
 * A bucket's events stay in its region and account (Amazon S3 User Guide, "Using EventBridge"); the relay has a rule
 * there that passes them on.
 *
 * @param home where the bucket is.
 */
export function relayAdvice(stack: StackArn & { readonly bucket: string }, home: Place): string {
  const isOurs = home.accountId === stack.accountId;
  const account = isOurs ? '' : ` of ${home.accountId ?? 'that account'}`;
  const settings = [
    `${RELAY_PARAMETERS.bucketName}=${stack.bucket}`,
    `${RELAY_PARAMETERS.trailbridgeRegion}=${stack.region}`,
    ...(isOurs ? [] : [`${RELAY_PARAMETERS.trailbridgeAccountId}=${stack.accountId}`]),
  ];
  const ourSettings = [
    ...(home.region === stack.region ? [] : [`${PARAMETERS.cloudtrailBucketRegion} to ${home.region}`]),
    ...(isOurs ? [] : [`${PARAMETERS.cloudtrailBucketAccountId} to ${home.accountId ?? 'its id'}`]),
  ];
  return (
    `switch its events on (S3 console: Properties, Amazon EventBridge), launch the relay template (Relay.template.json, or ` +
    `npx cdk deploy Relay) in ${home.region}${account} with ${settings.join(', ')}, and then set ${ourSettings.join(' and ')} here`
  );
}
