/** Whether a trail does its work, as CloudTrail tells it. */
import { type CloudTrailClient, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { isDenied } from './s3-failures.ts';

export interface TrailStatus {
  /**
   * `gone`: there is no such trail any more. `not told`: it is another account's, the organisation's say, who keeps
   * it to themselves.
   */
  readonly state: 'logging' | 'not logging' | 'gone' | 'not told';
  /** What S3 said when CloudTrail last tried to deliver; absent where it could. */
  readonly deliveryError?: string;
}

/**
 * @param accountId who asks.
 * @throws whatever the SDK throws for any other refusal or failure.
 */
export async function trailStatus(
  cloudTrail: CloudTrailClient,
  arn: string,
  accountId: string,
  signal: AbortSignal,
): Promise<TrailStatus> {
  try {
    const { IsLogging, LatestDeliveryError } = await cloudTrail.send(
      new GetTrailStatusCommand({ Name: arn }),
      { abortSignal: signal },
    );
    return {
      state: IsLogging === true ? 'logging' : 'not logging',
      ...(LatestDeliveryError ? { deliveryError: LatestDeliveryError } : {}),
    };
  } catch (error) {
    if ((error as Error).name === 'TrailNotFoundException') {
      return { state: 'gone' };
    }
    if (isDenied(error) && arn.split(':')[4] !== accountId) {
      return { state: 'not told' };
    }
    throw error;
  }
}

/** The trails in a list with commas between them, without the one that stands for "none". */
export function trailsIn(arns: string, none: string): readonly string[] {
  return arns.split(',').filter((arn) => arn !== '' && !arn.endsWith(`/${none}`));
}
