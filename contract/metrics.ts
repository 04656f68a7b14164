/** CloudWatch namespace of every metric that Trailbridge's functions write, in embedded metric format. */
export const METRIC_NAMESPACE = 'Trailbridge';

/** The forwarder's metrics, each with its unit. Their one dimension is the stack's name. */
export const FORWARDING_METRICS = {
  objectsForwarded: 'ObjectsForwarded',
  objectsSkipped: 'ObjectsSkipped',
  objectsFailed: 'ObjectsFailed',
  objectsDeadLettered: 'ObjectsDeadLettered',
  /** Objects that were not tried, because the circuit is open. */
  objectsPostponed: 'ObjectsPostponed',
  /** 1 where the circuit is open at the end of a batch, 0 where it is closed. */
  circuitOpen: 'CircuitOpen',
  /** Seconds since it opened; 0 where it is closed. */
  circuitOpenFor: 'CircuitOpenFor',
  recordsForwarded: 'RecordsForwarded',
  bytesForwarded: 'BytesForwarded',
  /** Milliseconds from the object's creation to the destination's acknowledgement. */
  forwardingLag: 'ForwardingLag',
  /** Seconds since the token that the forwarder uses was stored. */
  tokenAge: 'TokenAge',
} as const;

/** Dimension that tells the stacks of one account apart. */
export const STACK_DIMENSION = 'Stack';

/** Of the existing bucket's notifications, with the same dimension. */
export const NOTIFICATION_METRICS = {
  /** 1 where EventBridge is off for the bucket, 0 where it is on. */
  missing: 'NotificationMissing',
} as const;
