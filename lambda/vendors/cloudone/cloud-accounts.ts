/**
 * Cloud One's cloud accounts.
 *
 * Registering and deleting, and that the id is the AWS account's, come from the vendor's published
 * onboarding functions. ASSUMED: 409 for an account that is registered already, 404 for one that is not,
 * and that `GET` by id exists; where it does not, `findCloudAccount` says that it cannot tell.
 */
import * as z from 'zod';
import type { CloudOneRegion } from '../../../contract/regions.ts';
import { cloudOneUrl } from '../endpoints.ts';
import { callVendor, callVendorOrAbsent } from '../vendor-call.ts';
import { type CloudOneAccess, cloudOneCall } from './call.ts';

const cloudAccountAnswer = z.object({
  id: z.string().min(1).max(64),
  roleARN: z.string(),
  alias: z.string().optional(),
});

export type CloudAccount = z.infer<typeof cloudAccountAnswer>;

export interface CloudAccountDraft {
  readonly roleARN: string;
  readonly alias: string;
}

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

/** `undefined` where the account is not registered, or where the service cannot tell. Assumed, see above. */
export async function findCloudAccount(
  access: CloudOneAccess,
  region: CloudOneRegion,
  id: string,
): Promise<CloudAccount | undefined> {
  return callVendorOrAbsent(
    cloudOneCall(access, {
      method: 'GET',
      url: url(region, `/${encodeURIComponent(id)}`),
      answer: cloudAccountAnswer,
    }),
    [404, 405, 501],
  );
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
