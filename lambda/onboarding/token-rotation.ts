/**
 * Renews the token of Cloud One's CloudTrail service, in the four steps of a rotation in Secrets Manager.
 *
 * Forwarding does not pause, whether the former token stays valid or not: a forwarder whose token is refused
 * reads the secret again.
 */
import * as z from 'zod';
import type { CloudOneRegion } from '../../contract/regions.ts';
import { logger } from '../shared/logger.ts';
import { withRetries } from '../shared/retry.ts';
import { requestCloudTrailStack } from '../vendors/cloudone/cloudtrail.ts';
import { type CloudTrailServiceAddress, cloudTrailService } from '../vendors/cloudtrail-service.ts';
import { EMPTY_DOCUMENT } from '../vendors/connection-check.ts';
import type { SendOutcome } from '../vendors/destination.ts';
import { cloudTrailServiceUrl } from '../vendors/endpoints.ts';
import { type ApiKeyReader, cloudOneAccess } from './api-key-reader.ts';
import { type RotatingSecret, RotationStateError } from './rotating-secret.ts';

/** What Secrets Manager calls a rotation function with (User Guide, "Lambda rotation functions"). */
export const rotationRequest = z.object({
  Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
  SecretId: z.string(),
  ClientRequestToken: z.string().min(1),
});

export type RotationRequest = z.infer<typeof rotationRequest>;

export interface TokenRotationDependencies {
  readonly readApiKey: ApiKeyReader;
  readonly secret: RotatingSecret;
  readonly cloudOneRegion: CloudOneRegion;
  readonly account: { readonly awsAccountId: string; readonly awsRegion: string };
  /** What the forwarder was deployed with, and hence the only place that a token is sent to. */
  readonly deployed: CloudTrailServiceAddress;
}

/** The service does not take the renewed token. The former one stays in use. */
export class TokenNotAcceptedError extends Error {
  override readonly name = 'TokenNotAcceptedError';
  readonly status: SendOutcome['status'];
  /** Milliseconds that the service asked to wait for. */
  readonly afterMs: number | undefined;

  constructor(outcome: Exclude<SendOutcome, { status: 'accepted' }>) {
    super(`${STEP}: the renewed token was not accepted. ${outcome.detail} The former token stays in use.`);
    this.status = outcome.status;
    this.afterMs = outcome.status === 'retryable' ? outcome.afterMs : undefined;
  }
}

/** The renewed token is for another service than the forwarder was deployed with. */
export class ServiceMovedError extends Error {
  override readonly name = 'ServiceMovedError';
}

const STEP = 'CloudTrail token renewal';
/** A token that was issued a moment ago may not be known everywhere at once. */
const TEST_ATTEMPTS = 5;
const TEST_DELAY_MS = 1_000;

/**
 * Takes one step. Each may be repeated, and a repetition that finds its work done does nothing.
 *
 * @throws RotationStateError for another secret, or a version that is not being rotated.
 * @throws VendorError, CloudTrailLinkError, UntrustedUrlError where Cloud One gives no usable token.
 * @throws ServiceMovedError, TokenNotAcceptedError
 */
export async function takeRotationStep(
  { Step, SecretId, ClientRequestToken: version }: RotationRequest,
  dependencies: TokenRotationDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { arn } = dependencies.secret;
  if (SecretId !== arn) {
    throw new RotationStateError(
      `${STEP}: this function rotates ${arn}, and was asked to rotate ${SecretId}.`,
    );
  }
  const { stage, currentVersion } = await dependencies.secret.look(version, signal);
  if (stage === 'current') {
    logger.info('This version is in use already: nothing to do', { step: Step, version });
    return;
  }
  switch (Step) {
    case 'createSecret':
      return await createToken(version, dependencies, signal);
    case 'setSecret':
      // Elsewhere this step makes the service take the new credential. Here the service issued it itself,
      // and has known it ever since.
      return;
    case 'testSecret':
      return await testToken(version, dependencies, signal);
    case 'finishSecret':
      return await finish(version, currentVersion, dependencies, signal);
  }
}

async function createToken(
  version: string,
  { readApiKey, secret, cloudOneRegion, account, deployed }: TokenRotationDependencies,
  signal: AbortSignal,
): Promise<void> {
  if ((await secret.readPending(version, signal)) !== undefined) {
    logger.info('A token was fetched by an earlier try', { version });
    return;
  }
  const access = await cloudOneAccess(readApiKey, STEP, signal);
  const renewed = await requestCloudTrailStack(access, cloudOneRegion, account);
  assertSameService(renewed, deployed);
  await secret.putPending(version, renewed.serviceToken, signal);
  logger.info('A new token was fetched', { version, expiresAt: renewed.expiresAt.toISOString() });
}

/** The forwarder's address is a property of the deployment: a token for another would be refused there. */
function assertSameService(renewed: CloudTrailServiceAddress, deployed: CloudTrailServiceAddress): void {
  const addressOf = ({ serviceUrl, apiVersion }: CloudTrailServiceAddress) =>
    `${cloudTrailServiceUrl(serviceUrl, '/').href} ${apiVersion}`;
  if (addressOf(renewed) !== addressOf(deployed)) {
    throw new ServiceMovedError(
      `${STEP}: Cloud One now names ${shown(renewed)} for its CloudTrail service, but this stack forwards to ` +
        `${shown(deployed)}. The new token was thrown away, and the former one stays in use until it lapses. ` +
        'Update the stack with another value of the parameter Revision: that adopts the new address.',
    );
  }
}

/** Without the query, which nobody knows to be free of secrets. */
function shown({ serviceUrl, apiVersion }: CloudTrailServiceAddress): string {
  const { origin, pathname } = new URL(serviceUrl);
  return `${origin}${pathname} (version ${apiVersion})`;
}

async function testToken(
  version: string,
  { secret, deployed }: TokenRotationDependencies,
  signal: AbortSignal,
): Promise<void> {
  const token = await secret.readPending(version, signal);
  if (token === undefined) {
    // So Secrets Manager tries a function out when a schedule is set that does not rotate at once. Nothing
    // can be missed: `finish` does not put an empty version into use.
    logger.info('The version is empty, as when a schedule is set: there is no token to test', { version });
    return;
  }
  try {
    await proveToken(token, version, deployed, signal);
  } catch (error) {
    // A version's value cannot be changed: without this, every later rotation would try the same token.
    if (error instanceof TokenNotAcceptedError && error.status === 'unauthorized') {
      await secret.dropPending(version, signal);
    }
    throw error;
  }
}

/** Uploads an empty document with it: what the forwarder needs it for, and nothing that could be an event. */
async function proveToken(
  token: string,
  version: string,
  deployed: CloudTrailServiceAddress,
  signal: AbortSignal,
): Promise<void> {
  const service = cloudTrailService(deployed);
  await withRetries(
    async () => {
      const part = { body: EMPTY_DOCUMENT, records: 0, idempotencyKey: version };
      const outcome = await service.send(part, token, signal);
      if (outcome.status !== 'accepted') {
        throw new TokenNotAcceptedError(outcome);
      }
    },
    {
      attempts: TEST_ATTEMPTS,
      baseDelayMs: TEST_DELAY_MS,
      signal,
      decide: (error) =>
        error instanceof TokenNotAcceptedError && ['retryable', 'unauthorized'].includes(error.status)
          ? { retry: true, afterMs: error.afterMs }
          : { retry: false },
    },
  );
}

async function finish(
  version: string,
  currentVersion: string | undefined,
  { secret }: TokenRotationDependencies,
  signal: AbortSignal,
): Promise<void> {
  if ((await secret.readPending(version, signal)) === undefined) {
    throw new RotationStateError(`${STEP}: version ${version} holds no token, and is not put into use.`);
  }
  await secret.makeCurrent(version, currentVersion, signal);
  logger.info('The renewed token is in use', { version });
}
