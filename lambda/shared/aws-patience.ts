/**
 * How long a client waits for an AWS service that answers small requests in milliseconds: options for any
 * client of the SDK. Each try is waited for this long, and there are three.
 *
 * `requestTimeout` alone only logs a warning (@smithy/node-http-handler).
 */
export const AWS_PATIENCE = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
