/**
 * Cloud One's CloudTrail integration: the link that creates the vendor's client stack, and carries the
 * service token and everything else that a forwarder needs.
 *
 * Sources: Trend Cloud One documentation, "Forward AWS CloudTrail logs to Trend Vision One" (the call, the
 * field `createStackURL`, 30 days), and the vendor's published onboarding functions (the body, the field
 * `deploymentURL`, the parameters' names).
 */
import * as z from 'zod';
import { faultsOf } from '../../../contract/faults.ts';
import type { CloudOneRegion } from '../../../contract/regions.ts';
import { assertTemplateUrl, cloudOneUrl, cloudTrailServiceUrl } from '../endpoints.ts';
import { callVendor } from '../vendor-call.ts';
import { type CloudOneAccess, cloudOneCall } from './call.ts';
import { parseConsoleLink } from './console-link.ts';

export interface CloudTrailStack {
  /** The CloudFormation console's link. It carries the token: never log it. */
  readonly link: string;
  /** Authorises uploads; a secret. */
  readonly serviceToken: string;
  readonly serviceUrl: string;
  readonly apiVersion: string;
  /** Template of the vendor's own client stack. */
  readonly templateUrl: string | undefined;
  /** The bucket that holds the client's code; a parameter of its template. */
  readonly codeBucketName: string | undefined;
  readonly expiresAt: Date;
}

/** The link lacks something, or holds what cannot be used. Its content is not shown: it holds a token. */
export class CloudTrailLinkError extends Error {
  override readonly name = 'CloudTrailLinkError';
}

const TOKEN_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;

const stackAnswer = z
  .object({ deploymentURL: z.string().optional(), createStackURL: z.string().optional() })
  .transform(({ deploymentURL, createStackURL }) => deploymentURL ?? createStackURL)
  .pipe(z.string('neither deploymentURL nor createStackURL is there').min(1).max(16_384));

const printable = z.string().regex(/^[!-~]+$/, 'not printable');

const linkParameters = z.object({
  templateurl: printable.max(1024).optional(),
  param_servicetoken: printable.max(8192),
  param_serviceurl: printable.max(512),
  param_s3bucketname: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "not a bucket's name")
    .optional(),
  param_apiversion: z.string().regex(/^[\w.-]{1,32}$/, 'not a version'),
});

/**
 * Asks for a new token. Each call issues one that is valid for 30 days; nothing is known that takes one
 * back, so calling twice leaves a token that nobody uses and that lapses. That former tokens stay valid until
 * then is assumed: unpublished.
 *
 * @throws VendorError where Cloud One refuses.
 * @throws CloudTrailLinkError, UntrustedUrlError where the link cannot be used or points elsewhere.
 */
export async function requestCloudTrailStack(
  access: CloudOneAccess,
  region: CloudOneRegion,
  account: { readonly awsAccountId: string; readonly awsRegion: string },
): Promise<CloudTrailStack> {
  const askedAt = Date.now();
  const link = await callVendor(
    cloudOneCall(access, {
      method: 'POST',
      url: cloudOneUrl('cloudtrail', region, '/api/stacks'),
      json: { providerAccountID: account.awsAccountId, awsRegion: account.awsRegion },
      idempotent: true,
      answer: stackAnswer,
    }),
  );
  return { ...readStackLink(link), expiresAt: new Date(askedAt + TOKEN_LIFETIME_MS) };
}

/** @throws CloudTrailLinkError, UntrustedUrlError */
export function readStackLink(link: string): Omit<CloudTrailStack, 'expiresAt'> {
  const parsed = linkParameters.safeParse(parseConsoleLink(link));
  if (!parsed.success) {
    throw new CloudTrailLinkError(
      `the link that Cloud One gave for the CloudTrail stack is not usable (${faultsOf(parsed.error, 'link')}). Try again, and report it.`,
    );
  }
  const found = parsed.data;
  // Checked before anything is stored: the token goes to the one; the other tells of a link tampered with.
  cloudTrailServiceUrl(found.param_serviceurl, '/');
  if (found.templateurl !== undefined) {
    assertTemplateUrl(found.templateurl);
  }
  return {
    link,
    serviceToken: found.param_servicetoken,
    serviceUrl: found.param_serviceurl,
    apiVersion: found.param_apiversion,
    templateUrl: found.templateurl,
    codeBucketName: found.param_s3bucketname,
  };
}
