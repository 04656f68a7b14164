/** Decides what to do with a message of the queue, by its body alone. */
import { parseCloudTrailKey } from '../../contract/cloudtrail-key.ts';
import { faultsOf } from '../../contract/faults.ts';
import {
  type ObjectReference,
  objectMessageSchema,
  objectReferenceOf,
  TRAILBRIDGE_SOURCE,
} from '../../contract/object-message.ts';
import { PoisonError } from './failures.ts';

export type Triage =
  | {
      readonly action: 'forward';
      readonly object: ObjectReference;
      /** Whether S3 just created it, rather than a backfill or a redrive asking for it. */
      readonly live: boolean;
    }
  | {
      readonly action: 'skip';
      readonly why: 'digest file' | 's3:TestEvent';
      readonly object?: ObjectReference;
    };

/**
 * @throws PoisonError `MalformedMessage` or `NotACloudTrailFile`
 */
export function triage(body: string): Triage {
  const json = parseJson(body);
  const parsed = objectMessageSchema.safeParse(json);
  if (!parsed.success) {
    // Asked only of what names no object: none may be skipped for a field that is not its own.
    if (isTestEvent(json)) {
      return { action: 'skip', why: 's3:TestEvent' };
    }
    throw new PoisonError(
      'MalformedMessage',
      `The message is not an "Object Created" event of S3 (${faultsOf(parsed.error, 'body')}).`,
    );
  }
  const object = objectReferenceOf(parsed.data);
  switch (parseCloudTrailKey(object.key)?.kind) {
    case 'CloudTrail':
    case 'CloudTrail-Insight':
      return { action: 'forward', object, live: parsed.data.source !== TRAILBRIDGE_SOURCE };
    case 'CloudTrail-Digest':
      return { action: 'skip', why: 'digest file', object };
    case undefined:
      throw new PoisonError(
        'NotACloudTrailFile',
        `${object.key} is not the key of a CloudTrail file: ` +
          '[prefix/]AWSLogs/[organisation/]account/CloudTrail/region/yyyy/mm/dd/….json.gz',
      );
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PoisonError('MalformedMessage', 'The message is not JSON.', { cause });
  }
}

/** S3 sends one when a queue is entered into a bucket's notifications (Amazon S3 User Guide). */
function isTestEvent(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'Event' in json && json.Event === 's3:TestEvent';
}
