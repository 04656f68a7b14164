/** What every call to a Cloud One service has in common. */
import type { VendorRequest } from '../vendor-call.ts';
import type { CloudOneApiKey } from './api-key.ts';

/** By whom, what for and for how long Cloud One is called. */
export interface CloudOneAccess {
  readonly apiKey: CloudOneApiKey;
  /** What the calls are for, as their messages begin: "Workload Security connector". */
  readonly step: string;
  readonly signal: AbortSignal;
}

type CallDetails = Omit<VendorRequest, 'vendor' | 'step' | 'headers' | 'signal'>;

const KEY_CURE =
  'Check in Cloud One, under Administration > API Keys, that the key is enabled, not expired, and that its role may do this.';

/**
 * Completes a call with the key and the API's version.
 *
 * Source of the headers: Trend Cloud One API reference, "Use the API", and the vendor's published
 * onboarding functions.
 */
export function cloudOneCall<Call extends CallDetails>(
  access: CloudOneAccess,
  call: Call,
): Call & VendorRequest {
  return {
    ...call,
    vendor: 'Trend Cloud One',
    step: access.step,
    headers: { authorization: `ApiKey ${access.apiKey.value}`, 'api-version': 'v1' },
    cures: { 401: KEY_CURE, 403: KEY_CURE, ...call.cures },
    signal: access.signal,
  };
}
