import type { CloudOneRegion } from '../../contract/regions.ts';
import { logger } from '../shared/logger.ts';
import { VendorError } from '../vendors/vendor-call.ts';

/**
 * Deletes what an update made in place of a registration without ever answering so: CloudFormation knows no
 * id of it, and only the rollback's old properties tell where it is.
 *
 * A look into another Cloud One region that is refused is given up: a key belongs to one region, which is why
 * the update failed, and the rollback must not fail for the same reason.
 *
 * @param from the region of the registration that CloudFormation knows.
 * @throws VendorError where the vendor failed, or refused in the same region.
 */
export async function forgetReplacement(
  { CloudOneRegion }: { readonly CloudOneRegion: CloudOneRegion },
  from: CloudOneRegion,
  deleteOurs: () => Promise<void>,
): Promise<void> {
  try {
    await deleteOurs();
  } catch (error) {
    const refused = error instanceof VendorError && error.status !== undefined && error.status < 500;
    if (CloudOneRegion === from || !refused) {
      throw error;
    }
    logger.warn('Not looked for a replacement in another Cloud One region', { reason: error.message });
  }
}
