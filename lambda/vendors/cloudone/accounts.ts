/** Cloud One's account service: which account and region an API key belongs to. */
import * as z from 'zod';
import { type CloudOneRegion, parseCloudOneRegion } from '../../../contract/regions.ts';
import { cloudOneAccountsUrl } from '../endpoints.ts';
import { callVendor } from '../vendor-call.ts';
import { type CloudOneAccess, cloudOneCall } from './call.ts';

export interface CloudOneAccount {
  readonly accountId: string;
  readonly region: CloudOneRegion;
}

/** The API key's URN is not built as Cloud One builds them. */
export class MalformedUrnError extends Error {
  override readonly name = 'MalformedUrnError';
}

const apiKeyAnswer = z.object({ urn: z.string().max(512) });

/** `urn:cloudone:identity:<region>:<account>:<type>/<id>`; the account id's alphabet is not published. */
const URN = /^urn:cloudone:[^:]*:(?<region>[^:]+):(?<accountId>[\w-]{1,64}):.+$/;

/**
 * `GET /api/apikeys/{id}`: the answer's URN tells region and account, as in the vendor's published
 * onboarding functions.
 *
 * @throws VendorError where Cloud One refuses the key.
 * @throws MalformedUrnError, UnknownCloudOneRegionError where the answer's URN makes no sense.
 */
export async function lookUpAccount(access: CloudOneAccess): Promise<CloudOneAccount> {
  const { urn } = await callVendor(
    cloudOneCall(access, {
      method: 'GET',
      url: cloudOneAccountsUrl(`/api/apikeys/${encodeURIComponent(access.apiKey.id)}`),
      answer: apiKeyAnswer,
      cures: { 404: 'Cloud One does not know this API key: it was deleted, or its id is mistyped.' },
    }),
  );
  const { region, accountId } = URN.exec(urn)?.groups ?? {};
  if (region === undefined || accountId === undefined) {
    throw new MalformedUrnError(
      `Cloud One named the API key's account in a way that is not known (${JSON.stringify(urn.slice(0, 100))}); ` +
        'expected urn:cloudone:identity:<region>:<account>:apikey/<id>. Report it.',
    );
  }
  return { accountId, region: parseCloudOneRegion(region) };
}
