/**
 * Cloud One's cloud accounts.
 *
 * Registering and deleting, and that the id is the AWS account's, come from the vendor's published
 * onboarding functions. ASSUMED: 409 for an account that is registered already, 404 for one that is not,
 * that `GET` by id exists, and tells the description; where it does not exist, `findCloudAccount` says that
 * it cannot tell.
 */
import * as z from 'zod';
import type { CloudOneRegion } from '../../../contract/regions.ts';
import { cloudOneUrl } from '../endpoints.ts';
import { callVendor, callVendorOrAbsent, isStatus } from '../vendor-call.ts';
import { type CloudOneAccess, cloudOneCall } from './call.ts';

const cloudAccountAnswer = z.object({
  id: z.string().min(1).max(64),
  roleARN: z.string(),
  alias: z.string().optional(),
  description: z.string().nullish(),
});

export type CloudAccount = z.infer<typeof cloudAccountAnswer>;

export interface CloudAccountDraft {
  readonly roleARN: string;
  readonly alias: string;
  readonly description: string;
}

/** The answer to "is the account registered?": its registration, or why there is none to tell. */
export type CloudAccountState =
  | { readonly known: true; readonly account: CloudAccount }
  | { readonly known: false; readonly because: 'none' | 'unsupported' };

const url = (region: CloudOneRegion, path = '') =>
  cloudOneUrl('cloudaccounts', region, `/api/cloudaccounts/aws${path}`);

/** Not idempotent: after a lost answer, look before registering again. */
export async function registerCloudAccount(
  access: CloudOneAccess,
  region: CloudOneRegion,
  draft: CloudAccountDraft,
): Promise<CloudAccount> {
  return callVendor(
    cloudOneCall(access, {
      method: 'POST',
      url: url(region),
      json: draft,
      answer: cloudAccountAnswer,
    }),
  );
}

/** Assumed, see above. */
export async function findCloudAccount(
  access: CloudOneAccess,
  region: CloudOneRegion,
  id: string,
): Promise<CloudAccountState> {
  try {
    const account = await callVendor(
      cloudOneCall(access, {
        method: 'GET',
        url: url(region, `/${encodeURIComponent(id)}`),
        answer: cloudAccountAnswer,
      }),
    );
    return { known: true, account };
  } catch (error) {
    // Both answers are expected of a call that is assumed: each has its way on.
    if (isStatus(error, 404)) {
      return { known: false, because: 'none' };
    }
    if (isStatus(error, 405, 501)) {
      return { known: false, because: 'unsupported' };
    }
    throw error;
  }
}

/** An account that is not registered counts as deleted. */
export async function deleteCloudAccount(
  access: CloudOneAccess,
  region: CloudOneRegion,
  id: string,
): Promise<void> {
  await callVendorOrAbsent(
    cloudOneCall(access, {
      method: 'DELETE',
      url: url(region, `/${encodeURIComponent(id)}`),
      answer: z.unknown(),
    }),
  );
}
