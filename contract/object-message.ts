import * as z from 'zod';

/**
 * What the forwarding queue carries: one S3 object to forward.
 *
 * The shape is that of EventBridge's "Object Created" event, so that S3's own events enter unchanged.
 * Source: Amazon S3 User Guide, "EventBridge event message structure". Whatever else asks for an object
 * to be forwarded (backfill, redrive, listing after a gap) writes the same shape, with its own `source`:
 * there is only one door to the destination.
 */
export const objectMessageSchema = z.object({
  source: z.string(),
  'detail-type': z.literal('Object Created'),
  /** When S3 created the object, ISO 8601. */
  time: z.iso.datetime({ offset: true }).optional(),
  detail: z.object({
    bucket: z.object({ name: z.string().min(3) }),
    object: z.object({
      /** Not URL-encoded, unlike in S3's own notifications. */
      key: z.string().min(1),
      /** Bytes, as stored. */
      size: z.number().int().nonnegative().optional(),
      etag: z.string().optional(),
      /** Absent where the bucket is not versioned. */
      'version-id': z.string().optional(),
      /** Hexadecimal; orders the events of one key where there are no versions. */
      sequencer: z.string().optional(),
    }),
  }),
});

export type ObjectMessage = z.infer<typeof objectMessageSchema>;

/** `source` of the messages that Trailbridge itself puts into the queue. */
export const TRAILBRIDGE_SOURCE = 'trailbridge';

/** One stored object, as the ledger and the forwarder name it. */
export interface ObjectReference {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly etag?: string;
  readonly sequencer?: string;
  /** Bytes, as stored. */
  readonly size?: number;
  /** ISO 8601. */
  readonly createdAt?: string;
}

export function objectReferenceOf(message: ObjectMessage): ObjectReference {
  const { bucket, object } = message.detail;
  return {
    bucket: bucket.name,
    key: object.key,
    versionId: object['version-id'],
    etag: object.etag,
    sequencer: object.sequencer,
    size: object.size,
    createdAt: message.time,
  };
}

/** The message that asks for one object to be forwarded. */
export function objectMessageOf(object: ObjectReference): ObjectMessage {
  return {
    source: TRAILBRIDGE_SOURCE,
    'detail-type': 'Object Created',
    time: object.createdAt,
    detail: {
      bucket: { name: object.bucket },
      object: {
        key: object.key,
        size: object.size,
        etag: object.etag,
        'version-id': object.versionId,
        sequencer: object.sequencer,
      },
    },
  };
}
