/** Addresses that nothing is ever sent to: those of one link alone, where clouds answer with a machine's credentials. */
import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Sources: RFC 3927 and RFC 4291 for link-local addresses; Amazon EC2 User Guide, "Use the Instance Metadata Service", for the
 * address in IPv6. BlockList finds an IPv4 address within `::ffff:…` itself; the others that hold one stand as networks.
 */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
for (const [network, prefix] of [
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['::169.254.0.0', 112],
  ['64:ff9b::169.254.0.0', 112],
  ['2002:a9fe::', 32],
] as const) {
  LINK_LOCAL.addSubnet(network, prefix, 'ipv6');
}

/** A name leads to an address that nothing is sent to. */
export class LinkLocalAddressError extends Error {
  override readonly name = 'LinkLocalAddressError';
}

/** As `dns.lookup`, which Node asks for the address that it connects to; fails where one of the addresses is link-local. */
export const lookupAwayFromLink: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, options, (error, found, family) => {
    const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
    const linkLocal = error === null ? addresses.find(isLinkLocal) : undefined;
    if (linkLocal === undefined) {
      callback(error, found, family);
    } else {
      const refused = `the name leads to ${linkLocal}, a link-local address, where no vendor answers`;
      callback(new LinkLocalAddressError(refused), found, family);
    }
  });
};

function isLinkLocal(address: string): boolean {
  return LINK_LOCAL.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
