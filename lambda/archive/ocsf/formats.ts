/** The formats that OCSF demands of some attributes. What does not have them stays where it was: in `unmapped`. */
import { isIP } from 'node:net';

/** Source: OCSF 1.8.0, type `ip_t`. */
const LONGEST_ADDRESS = 40;

/** @returns an IP address as OCSF takes it, or `undefined`. */
export function asAddress(text: string | undefined): string | undefined {
  const address = text?.trim() ?? '';
  return isIP(address) !== 0 && address.length <= LONGEST_ADDRESS ? address : undefined;
}

/** Several addresses, with commas between them, as proxies write them: the first is the client's. */
export function asAddresses(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((part) => asAddress(part) ?? []);
}

/** Source: OCSF 1.8.0, type `email_t`. */
const MAIL_ADDRESS = /^[\w!#$%&'*+\-/=?^`{|}~.]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+$/;

export function asMailAddress(text: string | undefined): string | undefined {
  return text !== undefined && MAIL_ADDRESS.test(text) ? text : undefined;
}
