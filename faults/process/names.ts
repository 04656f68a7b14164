/** Makes the first look-ups of host names fail, as where no name server answers. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const dns = require('node:dns') as typeof import('node:dns');
let failures = Number(process.env.FAULTS_NAMES_NOT_FOUND ?? 0);

if (failures > 0) {
  const realLookup = dns.lookup;
  const lookup = (hostname: string, options: unknown, callback: (error: Error) => void) => {
    if (failures === 0) {
      Reflect.apply(realLookup, dns, [hostname, options, callback]);
      return;
    }
    failures -= 1;
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
      code: 'ENOTFOUND',
      hostname,
    });
    process.nextTick(callback, error);
  };
  // Sockets look names up with whatever is there when they connect.
  Object.assign(dns, { lookup });
}
