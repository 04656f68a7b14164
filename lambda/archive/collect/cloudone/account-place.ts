/** Of which Cloud One account the audit log is: an API key tells it, and one that is replaced by another of the account changes nothing. */
import * as z from 'zod';
import type { CloudOneRegion } from '../../../../contract/regions.ts';
import { tryParseJson } from '../../../shared/remote-words.ts';
import type { CloudOneAccount } from '../../../vendors/cloudone/accounts.ts';
import { isStatus } from '../../../vendors/vendor-call.ts';
import type { Arrival } from '../place.ts';

const accountPlace = z.object({
  region: z.string(),
  /** The key's id, which is no secret. */
  apiKey: z.string(),
  /** Absent where Cloud One did not tell it. */
  account: z.string().optional(),
});
type AccountPlace = z.infer<typeof accountPlace>;

export interface AccountLookUp {
  readonly region: CloudOneRegion;
  /** Of the API key. */
  readonly apiKeyId: string;
  /** @throws what `lookUpAccount` throws. */
  readonly lookUp: () => Promise<CloudOneAccount>;
}

/** A key that may not be asked for, or not any more, though it may read the audit log. */
const UNTOLD = [400, 401, 403, 404, 405];

/**
 * The account is looked up where the key is new, and until it is known. Where Cloud One will not tell it, another key counts as
 * another account: everything is collected once more and recognised, which costs time and loses nothing.
 *
 * @throws what the look-up throws, where what is known depends on it: a vendor that is down does not make another account.
 */
export async function accountOfKey(
  known: string | undefined,
  { region, apiKeyId, lookUp }: AccountLookUp,
): Promise<Arrival> {
  const former = knownPlace(known);
  if (former?.apiKey === apiKeyId && former.account !== undefined) {
    return arrivalAt({ ...former, region }, former);
  }
  const mustKnow = former?.account !== undefined;
  const account = await accountFrom(lookUp, mustKnow);
  return arrivalAt({ region, apiKey: apiKeyId, account }, former);
}

function arrivalAt(place: AccountPlace, former: AccountPlace | undefined): Arrival {
  const isSame =
    former === undefined ||
    (former.region === place.region &&
      (former.apiKey === place.apiKey || (former.account !== undefined && former.account === place.account)));
  return { place: JSON.stringify(place), isAnother: !isSame };
}

/** @returns `undefined` for none, and for what an unknown version wrote. */
function knownPlace(known: string | undefined): AccountPlace | undefined {
  return known === undefined ? undefined : accountPlace.safeParse(tryParseJson(known)).data;
}

async function accountFrom(lookUp: AccountLookUp['lookUp'], mustKnow: boolean): Promise<string | undefined> {
  try {
    return (await lookUp()).accountId;
  } catch (error) {
    if (mustKnow && !isStatus(error, ...UNTOLD)) {
      throw error;
    }
    // The audit log itself says what is wrong with the key, if anything is.
    return undefined;
  }
}
