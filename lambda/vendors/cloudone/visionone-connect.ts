/**
 * The connection of a Cloud One account to Vision One.
 *
 * Published is only that the path is posted to, with the enrolment token, and the two statuses (Trend Cloud
 * One documentation, "Register with Trend Vision One", and the vendor's onboarding functions). ASSUMED, and
 * nowhere else relied upon: that `GET` of the same path tells the status in the same shape, 404 where there
 * is no connection; that `DELETE` of it disconnects; that 409 answers a second enrolment.
 */
import * as z from 'zod';
import type { CloudOneRegion } from '../../../contract/regions.ts';
import { cloudOneUrl } from '../endpoints.ts';
import { callVendor, callVendorOrAbsent, isStatus } from '../vendor-call.ts';
import { type CloudOneAccess, cloudOneCall } from './call.ts';

/** `connecting`, `connected`, or what else the vendor says. */
export type ConnectionStatus = string;

/** The answer to "is there a connection?": its status, or why there is none to tell. */
export type ConnectionState =
  | { readonly known: true; readonly status: ConnectionStatus }
  | { readonly known: false; readonly because: 'none' | 'unsupported' };

const connectorAnswer = z.object({ registration: z.object({ status: z.string().min(1).max(64) }) });

/** The cure where the assumed call for it does not exist. */
export const DISCONNECT_BY_HAND =
  'Disconnect it in the Cloud One console, under Administration > Trend Vision One, and delete again.';

const url = (region: CloudOneRegion) => cloudOneUrl('visionone-connect', region, '/api/connectors');

/** Source: the vendor's published onboarding functions. Another try after a lost answer is the caller's to decide. */
export async function enrol(
  access: CloudOneAccess,
  region: CloudOneRegion,
  enrollmentToken: string,
): Promise<ConnectionStatus> {
  const { registration } = await callVendor(
    cloudOneCall(access, {
      method: 'POST',
      url: url(region),
      json: { enrollmentToken },
      secrets: [enrollmentToken],
      answer: connectorAnswer,
      cures: {
        400:
          'The enrolment token may be used up or expired: generate a new one in Vision One, under Product ' +
          'Connector, and deploy again with it. (With a Vision One API key, deploy again: it generates another.)',
      },
    }),
  );
  return registration.status;
}

/** Assumed, see above. */
export async function connectionState(
  access: CloudOneAccess,
  region: CloudOneRegion,
): Promise<ConnectionState> {
  try {
    const { registration } = await callVendor(
      cloudOneCall(access, { method: 'GET', url: url(region), answer: connectorAnswer }),
    );
    return { known: true, status: registration.status };
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

/** Assumed, see above. */
export async function disconnect(
  access: CloudOneAccess,
  region: CloudOneRegion,
): Promise<'disconnected' | 'absent'> {
  const answered = await callVendorOrAbsent(
    cloudOneCall(access, {
      method: 'DELETE',
      url: url(region),
      answer: z.unknown().transform(() => 'disconnected' as const),
      cures: { 405: DISCONNECT_BY_HAND, 501: DISCONNECT_BY_HAND },
    }),
  );
  return answered ?? 'absent';
}
