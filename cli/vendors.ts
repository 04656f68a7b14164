import { UnknownCloudOneRegionError } from '../contract/regions.ts';
import { MalformedUrnError } from '../lambda/vendors/cloudone/accounts.ts';
import { CloudTrailLinkError } from '../lambda/vendors/cloudone/cloudtrail.ts';
import { ConsoleLinkError } from '../lambda/vendors/cloudone/console-link.ts';
import { UntrustedUrlError } from '../lambda/vendors/endpoints.ts';
import { VendorError } from '../lambda/vendors/vendor-call.ts';
import { UserError } from './errors.ts';

/** What a vendor, or its answer, can have against a call. Their messages are made for the user and hold no secret. */
const EXPECTED = [
  VendorError,
  MalformedUrnError,
  UnknownCloudOneRegionError,
  CloudTrailLinkError,
  ConsoleLinkError,
  UntrustedUrlError,
] as const;

/**
 * Asks a vendor something.
 *
 * @param step what for, as the message begins.
 * @throws UserError where the vendor refuses, cannot be reached, or answers what cannot be used.
 */
export async function askVendor<T>(step: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!EXPECTED.some((expected) => error instanceof expected)) {
      throw error;
    }
    const { message } = error as Error;
    throw new UserError(message.startsWith(step) ? message : `${step}: ${message}`, { cause: error });
  }
}
