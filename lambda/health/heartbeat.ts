import { settleBy } from '../shared/deadline.ts';
import { logger } from '../shared/logger.ts';
import type { SecretReader } from '../shared/secrets.ts';
import type { CloudTrailService, Heartbeat } from '../vendors/cloudtrail-service.ts';

export interface HeartbeatServices {
  readonly service: Pick<CloudTrailService, 'heartbeat'>;
  readonly secrets: Pick<SecretReader, 'read'>;
  readonly tokenArn: string;
}

/**
 * Tells Cloud One that the stack lives, and what the checks have found. Never rejects: it is a courtesy, of an assumed
 * interface. Whether the service is there has been found out by the call that is proven.
 */
export async function tellHeartbeat(
  { service, secrets, tokenArn }: HeartbeatServices,
  heartbeat: Heartbeat,
  signal: AbortSignal,
): Promise<void> {
  try {
    const telling = async () => service.heartbeat(heartbeat, await secrets.read(tokenArn, signal), signal);
    await settleBy(telling(), signal);
  } catch (error) {
    logger.warn('Cloud One did not take the heartbeat', { error: error as Error });
  }
}
