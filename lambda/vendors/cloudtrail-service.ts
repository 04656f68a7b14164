/**
 * Trend Cloud One's CloudTrail service, as a destination.
 *
 * ASSUMED, ALL OF IT: the vendor publishes no wire format. Paths, headers, bodies, limits and statuses here
 * are our own choice of what such a service would most likely take; only the size limit follows the vendor's
 * published client template (`MAXIMUM_S3_OBJECT_SIZE`). Nothing outside this file depends on any of it, and
 * a deployment probes it (see destination-probe.ts), so that a refusal fails the deployment.
 */
import * as z from 'zod';
import { type Destination, postPart } from './destination.ts';
import { cloudTrailServiceUrl } from './endpoints.ts';
import { callVendor } from './vendor-call.ts';

export interface CloudTrailServiceAddress {
  /** `param_ServiceURL` of the vendor's stack link. */
  readonly serviceUrl: string;
  /** `param_APIVersion` of the vendor's stack link. */
  readonly apiVersion: string;
}

/** Who speaks: the deployed stack. */
export interface ForwardingStack {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
  /** ARN. */
  readonly stackId: string;
}

export type LifecycleEvent = 'created' | 'updated' | 'deleted';

export interface Heartbeat extends ForwardingStack {
  readonly version: string;
  /** What the health check found, by check. */
  readonly checks: Readonly<Record<string, boolean | number | string>>;
}

export interface CloudTrailService extends Destination {
  /** @throws VendorError where the service does not take the note. */
  lifecycle(
    event: LifecycleEvent,
    stack: ForwardingStack,
    token: string,
    signal: AbortSignal,
    step?: string,
  ): Promise<void>;
  /** @throws VendorError where the service does not take the heartbeat. */
  heartbeat(heartbeat: Heartbeat, token: string, signal: AbortSignal): Promise<void>;
}

/** The limit of the vendor's own client; that it is the service's too is assumed. */
const MAXIMUM_PART_BYTES = 716_800;
const RECEIVER = "Cloud One's CloudTrail service";

/** @throws UntrustedUrlError where the service's URL is not one of the vendor's. */
export function cloudTrailService({ serviceUrl, apiVersion }: CloudTrailServiceAddress): CloudTrailService {
  const logsUrl = cloudTrailServiceUrl(serviceUrl, '/api/logs');
  const headersWith = (token: string) => ({
    authorization: `Bearer ${token}`,
    'api-version': apiVersion,
  });
  const note = (step: string, path: string, json: object, token: string, signal: AbortSignal) =>
    callVendor({
      vendor: 'Trend Cloud One',
      step,
      method: 'POST',
      url: cloudTrailServiceUrl(serviceUrl, path),
      headers: headersWith(token),
      json,
      // Whatever the answer's body says, if anything: the status is all that is relied on.
      answer: z.unknown(),
      // A note that arrives twice says the same as once.
      idempotent: true,
      signal,
    });

  return {
    name: 'CloudOne',
    format: 'records-document',
    maximumPartBytes: MAXIMUM_PART_BYTES,
    send: (part, token, signal) =>
      postPart({
        receiver: RECEIVER,
        url: logsUrl,
        headers: {
          ...headersWith(token),
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          'idempotency-key': part.idempotencyKey,
        },
        body: part.body,
        signal,
      }),
    lifecycle: async (event, stack, token, signal, step = 'Telling Cloud One of the forwarding stack') => {
      await note(step, '/api/lifecycle', { ...stack, event }, token, signal);
    },
    heartbeat: async (heartbeat, token, signal) => {
      await note('Sending the heartbeat', '/api/heartbeats', heartbeat, token, signal);
    },
  };
}
