/**
 * The one place where a vendor's base URL is made or checked.
 *
 * Sources: Trend Cloud One and Trend Vision One API references, and the vendor's published AWS onboarding
 * functions, for the host names.
 */
import type { CloudOneRegion, VisionOneRegion } from '../../contract/regions.ts';
import { isPrivateHost } from './private-host.ts';

/** Environment variable for rehearsals and tests; see `resolve`. Never a template parameter. */
const OVERRIDE_VARIABLE = 'VENDOR_ENDPOINT_OVERRIDE';

/** A URL that came from outside points somewhere a credential must not be sent. */
export class UntrustedUrlError extends Error {
  override readonly name = 'UntrustedUrlError';
}

type CloudOneService = 'visionone-connect' | 'workload' | 'cloudaccounts' | 'cloudtrail' | 'audit';

/** The global account service, which tells a key's region. */
export function cloudOneAccountsUrl(path: string): URL {
  return resolve(new URL(path, 'https://accounts.cloudone.trendmicro.com'));
}

export function cloudOneUrl(service: CloudOneService, region: CloudOneRegion, path: string): URL {
  return resolve(new URL(path, `https://${service}.${region}.cloudone.trendmicro.com`));
}

/** The API host of each Vision One region (Vision One API documentation, "Regional domains"). */
const VISION_ONE_HOSTS: Readonly<Record<VisionOneRegion, string>> = {
  us: 'api.xdr.trendmicro.com',
  eu: 'api.eu.xdr.trendmicro.com',
  au: 'api.au.xdr.trendmicro.com',
  in: 'api.in.xdr.trendmicro.com',
  sg: 'api.sg.xdr.trendmicro.com',
  jp: 'api.xdr.trendmicro.co.jp',
};

export function visionOneApiUrl(region: VisionOneRegion, path: string): URL {
  return resolve(new URL(path, `https://${VISION_ONE_HOSTS[region]}`));
}

/**
 * A URL under the Cloud One CloudTrail service's base, which a remote answer named.
 *
 * @throws UntrustedUrlError unless it is https on a host under cloudone.trendmicro.com.
 */
export function cloudTrailServiceUrl(serviceUrl: string, path: string): URL {
  const base = trustedUrl(serviceUrl, "the CloudTrail service's URL", ['.cloudone.trendmicro.com']);
  base.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  return resolve(base);
}

/**
 * The Vision One collector's endpoint that the user gave.
 *
 * @throws UntrustedUrlError unless it is https on one of Vision One's hosts.
 */
export function visionOneIngestUrl(ingestUrl: string): URL {
  return resolve(
    trustedUrl(ingestUrl, 'VisionOneIngestUrl', ['.xdr.trendmicro.com', '.xdr.trendmicro.co.jp']),
  );
}

/**
 * A location of IBM Cloud Object Storage: a region (`eu-de`), several (`eu`) or a data center (`ams03`). Source: IBM Cloud
 * documentation, "Endpoints and storage locations".
 */
const IBM_LOCATION = /^[a-z]{2,3}(?:-[a-z]{2,8}|\d{2})?$/;

/**
 * The public endpoint of IBM Cloud Object Storage, of which a bucket is the path's first part.
 *
 * @throws UntrustedUrlError unless the location can be one.
 */
export function ibmObjectStorageUrl(location: string): URL {
  if (!IBM_LOCATION.test(location)) {
    throw new UntrustedUrlError(
      `${JSON.stringify(location)} is no location of IBM Cloud Object Storage. It must be such as eu-de, eu or ams03.`,
    );
  }
  return resolve(new URL(`https://s3.${location}.cloud-object-storage.appdomain.cloud`));
}

/**
 * A URL under an AppDynamics controller that the user named: `https://<account>.saas.appdynamics.com`, or a controller of
 * one's own at any other name or public address, which may have a port and a path. `/controller`, with which a browser shows
 * it, may stand at the end.
 *
 * @throws UntrustedUrlError unless it is https, without credentials, query or fragment, and its host is no private or loopback
 * address, behind which somebody else's service may answer. (In a rehearsal nothing is sent there anyway.)
 */
export function appDynamicsUrl(controllerUrl: string, path: `/controller/${string}`): URL {
  const base = URL.parse(controllerUrl);
  const wanted = "an https URL such as https://<account>.saas.appdynamics.com, or a controller's of your own";
  if (base === null) {
    throw new UntrustedUrlError(`The AppDynamics controller's URL is not a URL. It must be ${wanted}.`);
  }
  const plain = [base.username, base.password, base.search, base.hash].every((part) => part === '');
  if (base.protocol !== 'https:' || !plain) {
    throw new UntrustedUrlError(
      `The AppDynamics controller's URL (${base.protocol}//${base.host}) must be ${wanted}, ` +
        'without user name, password, query and fragment.',
    );
  }
  if (isPrivateHost(base.hostname) && !isOverridden()) {
    throw new UntrustedUrlError(
      `The AppDynamics controller's URL points to ${base.hostname}, a private or local address. It must be ${wanted}, by its name.`,
    );
  }
  base.pathname = `${base.pathname.replace(/\/+$/, '').replace(/\/controller$/, '')}${path}`;
  return resolve(base);
}

/** S3's own hosts, with the bucket in front or in the path. Source: Amazon S3 User Guide, "Methods for accessing a bucket". */
const S3_HOST =
  /^(?:[a-z0-9][a-z0-9.-]*\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/;

/**
 * Checks that a template which a remote answer named lies in S3.
 *
 * @throws UntrustedUrlError otherwise.
 */
export function assertTemplateUrl(templateUrl: string): void {
  const { hostname } = trustedUrl(templateUrl, "the vendor's template URL", [
    '.amazonaws.com',
    '.amazonaws.com.cn',
  ]);
  if (!S3_HOST.test(hostname)) {
    throw new UntrustedUrlError(
      `the vendor's template URL points to ${hostname}, which is not a host of Amazon S3.`,
    );
  }
}

/**
 * Parses a URL from outside and checks that it may be given a credential.
 *
 * @param suffixes host name endings that are accepted, each with its leading dot.
 * @throws UntrustedUrlError otherwise; the message names the host, not the whole URL, whose query may
 * hold a token.
 */
export function trustedUrl(text: string, what: string, suffixes: readonly string[]): URL {
  const url = URL.parse(text);
  const wanted = `an https URL on a host that ends with ${suffixes.join(' or ')}`;
  if (url === null) {
    throw new UntrustedUrlError(`${what} is not a URL. It must be ${wanted}.`);
  }
  const hostIsTrusted = suffixes.some((suffix) => url.hostname.endsWith(suffix));
  const plain = url.username === '' && url.password === '' && url.port === '';
  if (url.protocol !== 'https:' || !hostIsTrusted || !plain) {
    throw new UntrustedUrlError(
      `${what} points to ${url.protocol}//${url.host}, where no credential may be sent. It must be ${wanted}.`,
    );
  }
  return url;
}

/**
 * Where a vendor's URL is really requested: as it is, or in a rehearsal at
 * `<override>/<original host>/<path>`. Overrides other than loopback addresses are refused, so that no
 * change of an environment can send a credential elsewhere.
 */
function resolve(url: URL): URL {
  if (!isOverridden()) {
    return url;
  }
  const base = URL.parse(process.env[OVERRIDE_VARIABLE] ?? '');
  if (base === null || !/^https?:$/.test(base.protocol) || !isLoopback(base.hostname)) {
    throw new UntrustedUrlError(
      `${OVERRIDE_VARIABLE} is honoured for loopback addresses only, and must be such as http://127.0.0.1:8080.`,
    );
  }
  return new URL(`/${url.host}${url.pathname}${url.search}`, base);
}

function isOverridden(): boolean {
  return (process.env[OVERRIDE_VARIABLE] ?? '') !== '';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
