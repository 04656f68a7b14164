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
  recordsForwarded: 'RecordsForwarded',
  /** Records that the filter dropped. */
  recordsFiltered: 'RecordsFiltered',
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

/** What the health check tells at every look, with the same dimension. A look that could not be taken tells nothing. */
export const HEALTH_METRICS = {
  /** 1 where the destination does not take what is sent, 0 where it does. */
  destinationUnreachable: 'DestinationUnreachable',
  /** Seconds since the circuit opened; 0 where it is closed. */
  circuitOpenFor: 'CircuitOpenFor',
  /** Trails that are not logging, or cannot deliver. */
  trailsNotLogging: 'TrailsNotLogging',
  /** Seconds since the destination last acknowledged a file that had just been stored. */
  newestFileAge: 'NewestFileAge',
  /** Seconds that the oldest file waits to be forwarded; 0 where none waits. */
  oldestFileAge: 'OldestFileAge',
  /** Files in the forwarding queue: waiting, being forwarded, or to come back. */
  filesWaiting: 'FilesWaiting',
  /** Messages in the dead-letter queues: of files, of events, of requests to list. */
  deadLettersWaiting: 'DeadLettersWaiting',
  eventsNotDelivered: 'EventsNotDelivered',
  lateObjectsNotListed: 'LateObjectsNotListed',
} as const;

/** Seconds between two looks of a function that is called on a schedule, and the period of what it tells. */
export const LOOK_SECONDS = 300;

/** Of the completeness check, with the same dimension. */
export const COMPLETENESS_METRICS = {
  /** Digests and log files, of the last round, that are verified, or proven to be forwarded unchanged. */
  digestsVerified: 'CompletenessDigestsVerified',
  filesProven: 'CompletenessFilesProven',
  /** Files that were delivered, and are not acknowledged at the moment. */
  gaps: 'CompletenessGaps',
  /** Of them, those that were queued again an hour ago or more. */
  gapsRemaining: 'CompletenessGapsRemaining',
  /** Digests and log files that were found to be changed, deleted or replaced. */
  tampered: 'CompletenessTampered',
  /** Hours, of all trails and regions together, that no verified digest speaks for. */
  unprovenHours: 'CompletenessUnprovenHours',
  /** Seconds since the time up to which everything has been checked. */
  age: 'CompletenessAge',
} as const;

/** Of the audit archive, with the same dimension, and of each source by `SOURCE_DIMENSION`. */
export const ARCHIVE_METRICS = {
  recordsArchived: 'AuditRecordsArchived',
  /** Collected again, and recognised. */
  recordsKnown: 'AuditRecordsKnown',
  /** Kept as they came, because they could not be parsed. */
  recordsUnreadable: 'AuditRecordsUnreadable',
  /** Seconds since the time up to which everything is collected. */
  collectionAge: 'AuditCollectionAge',
  /** 1 where a run failed, 0 where it did not. */
  collectionFailed: 'AuditCollectionFailed',
  /** 1 whenever it is noticed that a vendor had forgotten events before they were asked for. */
  eventsLost: 'AuditEventsLost',
  /** 1 at each look that finds a source set up so that what matters most cannot arrive. */
  setupIncomplete: 'AuditSetupIncomplete',
  /** 1 at each look while there are objects that are listed and cannot be read. */
  objectsUnread: 'AuditObjectsUnread',
  /** Archived without a time that is understood. */
  recordsUndated: 'AuditRecordsUndated',
  /**
   * Events whose type the catalogue does not know, in the hours that a derivation wrote anew: those of an hour to which something is
   * added are counted once more. So it tells that there are some, and not how many came.
   */
  unknownEvents: 'AuditUnknownEventsInDerivedHours',
  /** Seconds since the oldest hour became stale whose derived files are to be written; without a source. */
  derivationAge: 'AuditDerivationAge',
  /** Hours whose derived files are still to be written when a derivation ends; without a source. */
  staleHours: 'AuditStaleHours',
  /** Reports that were due and could not be made or sent; without a source. */
  reportsFailed: 'AuditReportsFailed',
} as const;

/** Dimension that tells the archive's sources apart. */
export const SOURCE_DIMENSION = 'Source';
