import type { IbmCloudSettings, IbmUpstream } from './audit-settings.ts';
import { type Call, Refused, type Reply } from './http.ts';
import { type CallCounts, RateGate, retryHeader } from './rate.ts';
import type { Service } from './router.ts';
import type { Tenant } from './tenant.ts';
import { fetchUpstream } from './upstream.ts';

export interface IbmObjectStorage extends Service {
  configure(settings: IbmCloudSettings): void;
  state(): CallCounts;
}

/**
 * IBM Cloud Object Storage's S3 interface in one region, path style, reading only (IBM Cloud documentation, "Compatibility S3
 * API" and "Endpoints and storage locations"). The buckets are those of a real S3 behind it.
 */
export function createIbmObjectStorage(tenant: Tenant, now: () => Date): IbmObjectStorage {
  const gate = new RateGate();
  let settings: IbmCloudSettings = {};
  let answered = 0;

  const pass = async (call: Call): Promise<Reply> => {
    requireAccessKey(call, tenant);
    gate.pass(settings.rate ?? undefined, now().getTime());
    const reply = await fetchUpstream(existing(settings.upstream), call);
    answered += 1;
    return reply;
  };

  return {
    host: `s3.${tenant.ibmCloudRegion}.cloud-object-storage.appdomain.cloud`,
    refusal,
    routes: [
      { method: 'GET', path: '/{key+}', handle: pass },
      { method: 'HEAD', path: '/{key+}', handle: pass },
    ],
    configure: (change) => {
      settings = { ...settings, ...change };
    },
    state: () => ({ answered, tooMany: gate.refused }),
  };
}

function existing(upstream: IbmUpstream | undefined): IbmUpstream {
  if (upstream === undefined) {
    const message =
      'The simulated object storage has no bucket behind it: set `ibmcloud.upstream` by POST /_sim/audit.';
    throw new Refused(503, message, 'ServiceUnavailable');
  }
  return upstream;
}

/** The HMAC key's id, as it stands in a signature of version 4. The signature itself is not looked at. */
function requireAccessKey(call: Call, tenant: Tenant): void {
  const { authorization = '' } = call.headers;
  const id = /^AWS4-HMAC-SHA256 .*\bCredential=([^/,\s]+)\//.exec(authorization)?.[1];
  if (id === undefined) throw new Refused(403, 'Access Denied', 'AccessDenied');
  if (id !== tenant.ibmAccessKeyId) {
    const message = 'The AWS Access Key Id you provided does not exist in our records.';
    throw new Refused(403, message, 'InvalidAccessKeyId');
  }
}

/** As S3 writes an error. */
function refusal(refused: Refused): Reply {
  const code = refused.code ?? (refused.status === 405 ? 'MethodNotAllowed' : 'NoSuchKey');
  return {
    status: refused.status,
    headers: { 'content-type': 'application/xml', ...retryHeader(refused) },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${refused.message}</Message></Error>`,
  };
}
