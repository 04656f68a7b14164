/** Hosts that a credential must not be sent to because somebody else's may answer there. */
import { BlockList, isIP } from 'node:net';

/**
 * Source: IANA's special-purpose address registries, for IPv4 and IPv6, with site-local addresses (RFC 3879), and those that
 * hold an IPv4 address and would be led to it (IPv4-compatible, NAT64, Teredo, 6to4). An IPv4 address within `::ffff:…` is looked
 * up as IPv4 by `BlockList` itself.
 */
const PRIVATE_ADDRESSES = privateAddresses();

function privateAddresses(): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as const) {
    list.addSubnet(network, prefix, 'ipv4');
  }
  for (const [network, prefix] of [
    ['::', 96],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    ['2001::', 32],
    ['2002::', 16],
    ['fc00::', 7],
    ['fe80::', 10],
    ['fec0::', 10],
    ['ff00::', 8],
  ] as const) {
    list.addSubnet(network, prefix, 'ipv6');
  }
  return list;
}

/**
 * Names of this machine, as usual hosts files have them, and of clouds' metadata. Names that merely resolve to such an address
 * are found when they are connected to: see `lookupAwayFromLink`.
 */
const PRIVATE_NAMES =
  /^(?:(?:.+\.)?localhost|localhost\.localdomain|localhost[46](?:\.localdomain[46])?|ip6-(?:localhost|loopback)|instance-data(?:\..+)?|metadata(?:\.google\.internal)?)$/;

/**
 * Whether a host is this machine, or an address that only a private network has.
 *
 * @param hostname as a URL has it, in which every spelling of an address has become the usual one.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.+$/g, '');
  const version = isIP(host);
  return version === 0
    ? PRIVATE_NAMES.test(host)
    : PRIVATE_ADDRESSES.check(host, version === 4 ? 'ipv4' : 'ipv6');
}
