import type { LocalAws } from '../local-aws.ts';

/** Calls an action of one service that speaks JSON, and gives back its answer. */
export type JsonService = (action: string, input?: object) => Promise<unknown>;

/**
 * A service of the local AWS that nothing but the inventory asks, so that its client need not be installed.
 *
 * An emulator tells services apart by the credential's scope and the target, and checks no signature.
 *
 * @param service as in the scope, such as `glue`.
 * @param target the name before the action, such as `AWSGlue`.
 */
export function jsonService(
  { endpoint, clientEnvironment }: LocalAws,
  region: string,
  service: string,
  target: string,
): JsonService {
  const credential = `${clientEnvironment.AWS_ACCESS_KEY_ID ?? 'test'}/20260101/${region}/${service}/aws4_request`;
  return async (action, input = {}) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `${target}.${action}`,
      },
      body: JSON.stringify(input),
    });
    if (!response.ok) {
      throw new Error(`${service}:${action} answered ${response.status}: ${await response.text()}`);
    }
    return response.json();
  };
}
