import { createHash } from 'node:crypto';
import type { OutgoingPart } from '../vendors/destination.ts';
import { RetryableError } from './failures.ts';
import type { Part } from './file-splitter.ts';
import type { Progress } from './ledger.ts';
import { SMALLEST_LIMIT_BYTES } from './part-limit.ts';
import type { RecordRanges } from './record-batcher.ts';

/** A part of several records is larger than the destination takes: the file must be cut smaller. */
export class PartTooLargeError extends Error {
  override readonly name = 'PartTooLargeError';
}

export interface UploadOptions {
  /** See `ledgerKeyOf`. */
  readonly objectKey: string;
  /** Where an earlier try, whose parts are not uploaded again, has come to. */
  readonly from: Progress;
  /** Acknowledged records behind those of `from`, which are not uploaded again either. @default none */
  readonly beyond?: RecordRanges;
  readonly send: (part: OutgoingPart) => Promise<'accepted' | 'too-large'>;
  /** Notes what was acknowledged; called for objects of several parts only, never twice at a time. */
  readonly recordProgress: (progress: Progress) => Promise<void>;
}

export interface Upload extends Progress {
  /** Records that the destination refuses for their size even alone: their `eventID`s. */
  readonly refusedRecords: readonly string[];
}

/** With the limit on a part's size this bounds an object's memory. */
const PARTS_IN_FLIGHT = 4;

/**
 * Uploads the parts of one object, several at a time, and keeps track of how far the destination has
 * acknowledged them without a gap.
 *
 * A refused record stops that progress, so that a resumed object comes to it again rather than past it.
 */
export class PartUploader {
  readonly #options: UploadOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #refusedRecords: string[] = [];
  /** Records of acknowledged parts that lie beyond `#progress`, by their first record. */
  readonly #acknowledged: Map<number, number>;
  #progress: Progress;
  #recorded: Progress;
  #recording: Promise<void> = Promise.resolve();
  #started = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#progress = options.from;
    this.#recorded = options.from;
    this.#acknowledged = new Map(options.beyond);
  }

  /** Acknowledged so far, without a gap. */
  get progress(): Progress {
    return this.#progress;
  }

  /** Acknowledged too, but beyond a gap: no more ranges than parts are in flight. */
  get beyond(): RecordRanges {
    return new Map(this.#acknowledged);
  }

  /** Starts to upload a part as soon as there is room. Throws what an earlier part failed with. */
  async add(part: Part): Promise<void> {
    while (this.#running.size >= PARTS_IN_FLIGHT && this.#failure === undefined) {
      await Promise.race(this.#running);
    }
    this.#throwFailure();
    this.#started += 1;
    const upload = this.#upload(part)
      .catch((error: unknown) => {
        // Kept for `add` and `finish`, which report it; the first failure says most.
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(upload));
    this.#running.add(upload);
  }

  /**
   * Waits for all parts.
   *
   * @throws PartTooLargeError, or what a part failed with.
   */
  async finish(): Promise<Upload> {
    await this.settle();
    this.#throwFailure();
    return { ...this.#progress, refusedRecords: this.#refusedRecords };
  }

  /** Waits until nothing is under way any more; throws nothing. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #upload(part: Part): Promise<void> {
    const outcome = await this.#options.send({
      body: part.body,
      records: part.records,
      idempotencyKey: idempotencyKeyOf(this.#options.objectKey, part),
    });
    if (outcome === 'too-large') {
      if (part.onlyRecord === undefined) {
        throw new PartTooLargeError(
          `The destination refuses a part of ${part.records} records for its size.`,
        );
      }
      rejectIfSmall(part);
      this.#refusedRecords.push(eventIdOf(part.onlyRecord));
      return;
    }
    this.#acknowledged.set(part.firstRecord, part.records);
    this.#advance();
    await this.#record();
  }

  #advance(): void {
    for (;;) {
      const { parts, records } = this.#progress;
      const next = this.#acknowledged.get(records);
      if (next === undefined) {
        return;
      }
      this.#acknowledged.delete(records);
      this.#progress = { parts: parts + 1, records: records + next };
    }
  }

  /** An object of one part is done with its acknowledgement: a note before it would be a write for nothing. */
  #record(): Promise<void> {
    this.#recording = this.#recording.then(async () => {
      const progress = this.#progress;
      const { from, beyond } = this.#options;
      const several = this.#started > 1 || from.parts > 0 || (beyond?.size ?? 0) > 0;
      if (several && progress.records > this.#recorded.records) {
        await this.#options.recordProgress(progress);
        this.#recorded = progress;
      }
    });
    return this.#recording;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) {
      throw this.#failure.error;
    }
  }
}

/** A refusal of so little is not a fact about the record, which it would condemn. */
function rejectIfSmall({ body }: Part): void {
  const bytes = Buffer.isBuffer(body) ? body.length : body.reduce((sum, { length }) => sum + length, 0);
  if (bytes < SMALLEST_LIMIT_BYTES) {
    throw new RetryableError(
      'DestinationUnavailable',
      `The destination refuses a record of ${bytes} bytes, as sent, for its size: it refuses everything.`,
    );
  }
}

/**
 * Names a part by the records in it, not by its number, so that one key never stands for two contents, even
 * if the file is cut otherwise the next time.
 */
export function idempotencyKeyOf(objectKey: string, part: Pick<Part, 'firstRecord' | 'records'>): string {
  return createHash('sha256').update(`${objectKey}\n${part.firstRecord}+${part.records}`).digest('hex');
}

function eventIdOf(record: Buffer): string {
  try {
    const { eventID } = JSON.parse(record.toString('utf8')) as { eventID?: unknown };
    return typeof eventID === 'string' ? eventID : 'a record without eventID';
  } catch {
    // It was checked, but not by this parser, which may have limits of its own. It is being given up in any case;
    // only its name is missing.
    return 'a record that cannot be parsed';
  }
}
