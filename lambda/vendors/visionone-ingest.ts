/**
 * Trend Vision One's HTTP event collection, as a destination.
 *
 * Source: Trend Vision One documentation, "Third-party log collection": POST to the collector's own
 * endpoint, `Authorization: Bearer <token>`, `Content-Type: text/plain`, one log a line. The headers that name
 * vendor and product are seen in a third-party client only. No size limit is published: the size here is that
 * of the vendor's public API, and the forwarder halves it when told 413.
 */
import { type Destination, postPart } from './destination.ts';
import { visionOneIngestUrl } from './endpoints.ts';

const MAXIMUM_PART_BYTES = 1_000_000;
const RECEIVER = "Vision One's HTTP collector";

/**
 * @param ingestUrl the collector's endpoint, as the user gave it.
 * @throws UntrustedUrlError where it is not on one of Vision One's hosts.
 */
export function visionOneCollector(ingestUrl: string): Destination {
  const url = visionOneIngestUrl(ingestUrl);
  return {
    name: 'VisionOne',
    format: 'json-lines',
    maximumPartBytes: MAXIMUM_PART_BYTES,
    send: (part, token, signal) =>
      postPart({
        receiver: RECEIVER,
        url,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'text/plain; charset=utf-8',
          'tmv1-log-vendor': 'AWS',
          'tmv1-log-product': 'CloudTrail',
          // Not documented by the vendor; ignored where it is not known, and useful in a proxy's log.
          'idempotency-key': part.idempotencyKey,
        },
        body: part.body,
        signal,
      }),
  };
}
