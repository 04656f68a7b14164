/**
 * What a user does whose bucket is not where the stack is: the one place that says so.
 *
 * A bucket's events stay in its region and account (Amazon S3 User Guide, "Using EventBridge"); the relay has a
 * rule there that passes them on.
 */
export function relayAdvice(region: string): string {
  return `launch the relay template (Relay.template.json), in ${region}`;
}
