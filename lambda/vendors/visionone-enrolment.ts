/**
 * Enrolment tokens of Trend Vision One, and the product connectors that come with them.
 *
 * Source: the vendor's own published client, for both calls and the fields of the first. ASSUMED, and nowhere
 * else relied upon: how `tokenExpireTime` is written, and what a missing connector answers (404).
 *
 * There is no call that lists connectors: of a token whose answer was lost nothing can be found again. It has
 * not been used, and lapses by itself.
 */
import * as z from 'zod';
import type { VisionOneRegion } from '../../contract/regions.ts';
import { readTime } from '../shared/point-in-time.ts';
import { visionOneApiUrl } from './endpoints.ts';
import { callVendor, callVendorOrAbsent, type VendorCall } from './vendor-call.ts';

/** By whom, where, what for and for how long Vision One is called. */
export interface VisionOneAccess {
  readonly apiKey: string;
  readonly region: VisionOneRegion;
  /** What the calls are for, as their messages begin. */
  readonly step: string;
  readonly signal: AbortSignal;
}

/** Vision One's name for Cloud One among the products that it connects. */
const CLOUD_ONE = 'scc';

const generated = z.object({
  token: z.string().min(1).max(16_384),
  connectorId: z.string().min(1).max(256),
  tokenExpireTime: z.union([z.string(), z.number()]).optional(),
});

export interface GeneratedToken {
  readonly token: string;
  readonly connectorId: string;
  /** Milliseconds since the epoch; `undefined` where Vision One did not say, or not in a way that is understood. */
  readonly expiresAt: number | undefined;
}

/** Generates a token; another try after a lost answer is the caller's to decide. */
export async function generateEnrolmentToken(access: VisionOneAccess): Promise<GeneratedToken> {
  const { token, connectorId, tokenExpireTime } = await callVendor(
    visionOneCall(access, {
      method: 'POST',
      url: visionOneApiUrl(access.region, '/v1.0/preview/uic/instances/enrollment'),
      json: { productId: CLOUD_ONE },
      answer: generated,
    }),
  );
  return { token, connectorId, expiresAt: readTime(tokenExpireTime) };
}

/** Deletes a connector, and with it the token. One that is absent counts as deleted. */
export async function deleteConnector(access: VisionOneAccess, connectorId: string): Promise<void> {
  await callVendorOrAbsent(
    visionOneCall(access, {
      method: 'DELETE',
      url: visionOneApiUrl(
        access.region,
        `/v2.0/xdr/portal/connectors/onpremise/${encodeURIComponent(connectorId)}`,
      ),
      answer: z.unknown(),
    }),
  );
}

const KEY_CURE =
  'Check in Vision One, under Administration > API Keys, that the key is enabled, not expired, and that its role ' +
  'may manage product connectors; and that VisionOneRegion is the region of that Vision One account.';

/** Source of the header: Trend Vision One API documentation, "Authentication". */
function visionOneCall<T>(
  access: VisionOneAccess,
  call: Pick<VendorCall<T>, 'method' | 'url' | 'json' | 'answer'>,
): VendorCall<T> {
  return {
    ...call,
    vendor: 'Trend Vision One',
    step: access.step,
    headers: { authorization: `Bearer ${access.apiKey}` },
    cures: { 401: KEY_CURE, 403: KEY_CURE },
    signal: access.signal,
  };
}
