/** Brings the records of one object into the archive. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { GzipError } from '../../../shared/gunzip.ts';
import type { IbmContent } from '../../../vendors/ibm-object-storage.ts';
import { portionsOf } from '../../ibmcloud/large-object.ts';
import { type ObjectRecord, recordsOf, recordsOfPlain } from '../../ibmcloud/object-records.ts';
import { InflatedTooLargeError } from '../../ibmcloud/object-text.ts';
import { canonicalJson } from '../../raw/canonical-json.ts';
import type { Recorder } from '../collector.ts';

/** What was in an object. */
export interface ObjectSummary {
  readonly events: number;
  /** The action of each event, once. */
  readonly actions: ReadonlySet<string>;
}

/** An object of up to this size is read at once; a larger one in portions. */
export const WHOLE_OBJECT_BYTES = 16 * 1024 * 1024;

/** @param content the whole object, as it is stored */
export async function addObject(
  archive: Recorder,
  key: string,
  content: Buffer,
  limits = LIMITS,
): Promise<ObjectSummary> {
  const intake = new Intake(archive, key);
  try {
    // It throws before the first record, so that nothing is added twice.
    await intake.addAll(recordsOf(content));
  } catch (error) {
    if (!(error instanceof InflatedTooLargeError)) {
      throw error;
    }
    await addPortions(intake, oneChunk(content), limits);
  }
  return intake.summary;
}

/** Reads an object of any size in bounded memory, line by line. */
export async function addLargeObject(
  archive: Recorder,
  key: string,
  { body }: IbmContent,
  limits = LIMITS,
): Promise<ObjectSummary> {
  const intake = new Intake(archive, key);
  await addPortions(intake, body, limits);
  return intake.summary;
}

/**
 * The most that is taken from one object: Event Routing writes one every few minutes. What is read of an object is not saved
 * before its end, so that one without an end would be begun in every run, and nothing behind it ever read.
 */
export interface IntakeLimits {
  readonly events: number;
  /** Of its content, inflated. */
  readonly bytes: number;
}

/** Half a minute or two, and 100 MB of hashes. */
const LIMITS: IntakeLimits = { events: 1_000_000, bytes: 1024 * 1024 * 1024 };

async function addPortions(
  intake: Intake,
  body: AsyncIterable<Uint8Array>,
  limits: IntakeLimits,
): Promise<void> {
  let bytes = 0;
  try {
    for await (const portion of portionsOf(body)) {
      bytes += portion.length;
      if (bytes > limits.bytes || intake.summary.events >= limits.events) {
        await intake.tell(
          `It holds more than ${limits.events} events or ${limits.bytes} bytes, which none that Event Routing writes does: what follows stays in the bucket.`,
        );
        return;
      }
      await intake.addAll(recordsOfPlain(portion));
    }
  } catch (error) {
    if (!(error instanceof GzipError)) {
      throw error;
    }
    // Too large to be kept a second time: somebody has to look at it where it is.
    await intake.tell(`${error.message} It is too large to be copied: what follows stays in the bucket.`);
  }
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield content;
}

/** An object's whole content. @throws what its connection throws. */
export function wholeContent({ body }: IbmContent): Promise<Buffer> {
  return buffer(body);
}

class Intake {
  readonly #archive: Recorder;
  readonly #key: string;
  /** How often each record without an id was there, by its hash. */
  readonly #occurrences = new Map<string, number>();
  readonly #actions = new Set<string>();
  #events = 0;

  constructor(archive: Recorder, key: string) {
    this.#archive = archive;
    this.#key = key;
  }

  get summary(): ObjectSummary {
    return { events: this.#events, actions: this.#actions };
  }

  async addAll(records: Iterable<ObjectRecord>): Promise<void> {
    for (const record of records) {
      if ('unreadable' in record) {
        await this.#archive.addUnreadable(record.content, record.unreadable, this.#key);
        continue;
      }
      const { text, time, event } = record;
      this.#events += 1;
      this.#actions.add(event.action);
      await this.#archive.add({
        time,
        text,
        origin: this.#key,
        ...(event.id === undefined ? { occurrence: this.#occurrence(text) } : { vendorId: event.id }),
      });
    }
  }

  async tell(why: string): Promise<void> {
    await this.#archive.addUnreadable(Buffer.from(why), why, this.#key);
  }

  /** Equal is what the archive takes for equal, whatever its spelling. */
  #occurrence(text: string): number {
    const content = createHash('sha256')
      .update(canonicalJson(text) ?? text)
      .digest('base64');
    const before = this.#occurrences.get(content) ?? 0;
    this.#occurrences.set(content, before + 1);
    return before;
  }
}
