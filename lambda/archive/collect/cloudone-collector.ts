/**
 * Collects Trend Cloud One's audit log.
 *
 * The log is a list of pages, each of which names the next; its order is not documented, and a page cannot be asked for by time.
 * So every run makes one way through the pages, as far as what is known of the order says that it must (see cloudone/plan.ts),
 * and what was complete moves on only when a way has come to its end. A way that is interrupted is gone on with in the next run.
 */
import { logger } from '../../shared/logger.ts';
import {
  type AuditLogPage,
  type AuditLogRecord,
  StaleCursorError,
} from '../../vendors/cloudone/audit-logs.ts';
import { isStatus, VendorError } from '../../vendors/vendor-call.ts';
import { CursorLoopError } from './cloudone/cursor-loop.ts';
import { afterWalk, type CloudOneState, cloudOneState, planWalk } from './cloudone/plan.ts';
import { afterPage, afterReturn, type Step, type Walk } from './cloudone/walk.ts';
import type { CollectOutcome, Collector, CollectSession, Recorder } from './collector.ts';
import { Occurrences } from './occurrences.ts';
import type { Arrive } from './place.ts';
import { UnreadableRecords } from './unreadable-records.ts';

/**
 * @param cursor `undefined` for the first page.
 * @throws StaleCursorError, VendorError
 */
export type ReadPage = (cursor: string | undefined, signal: AbortSignal) => Promise<AuditLogPage>;

/** A crash costs as many requests at most; a save costs an object for each hour that the pages touch. */
const PAGES_PER_SAVE = 200;
/** Cursors that last for less than a run's way cannot be helped by beginning once more. */
const RESTARTS_PER_RUN = 3;
const TOO_MANY_REQUESTS = 429;

export function cloudOneCollector(readPage: ReadPage, arrive: Arrive): Collector<CloudOneState> {
  return {
    source: 'cloudone',
    arrive,
    state: cloudOneState,
    collect: (session) => new CloudOneRun(readPage, session).run(),
  };
}

type Ending = 'finished' | 'interrupted' | 'lost';

class CloudOneRun {
  readonly #readPage: ReadPage;
  readonly #session: CollectSession<CloudOneState>;
  readonly #archive: Recorder;
  readonly #unreadable: UnreadableRecords;
  #state: CloudOneState;
  #hasWarnedOfIds = false;

  constructor(readPage: ReadPage, session: CollectSession<CloudOneState>) {
    this.#readPage = readPage;
    this.#session = session;
    this.#archive = session.archive;
    this.#state = session.state ?? { unreadable: [] };
    this.#unreadable = new UnreadableRecords(session.archive, this.#state.unreadable);
  }

  async run(): Promise<CollectOutcome> {
    for (let restarts = 0; ; restarts += 1) {
      const ending = await this.#goOn(restarts);
      if (ending !== 'lost') {
        await this.#save();
        const { completeUntil, walk } = this.#state;
        return { caughtUp: ending === 'finished' && walk === undefined, completeUntil };
      }
      // From the first page on again; what was read is known, and not stored a second time.
      logger.warn(
        'The way through the audit log is begun anew: a cursor is stale, or the list has moved on',
        {
          pages: this.#state.walk?.pages ?? 0,
        },
      );
      this.#state = { ...this.#state, walk: undefined, tail: undefined };
    }
  }

  /** Goes on with the walk that is under way, or begins one. */
  async #goOn(restarts: number): Promise<Ending> {
    try {
      const walk = this.#state.walk ?? planWalk(this.#state, this.#session.now());
      return await this.#walk(walk);
    } catch (error) {
      if (isStatus(error, TOO_MANY_REQUESTS)) {
        // The vendor has had enough for now: the next run goes on, and the age of what is complete tells if that lasts.
        return 'interrupted';
      }
      if (error instanceof StaleCursorError && restarts < RESTARTS_PER_RUN) {
        return 'lost';
      }
      if (error instanceof StaleCursorError || error instanceof CursorLoopError) {
        this.#state = { ...this.#state, walk: undefined, tail: undefined };
      }
      if (
        error instanceof StaleCursorError ||
        error instanceof CursorLoopError ||
        error instanceof VendorError
      ) {
        // What was read until here is kept, so that the next run does not need the same luck again.
        await this.#save();
      }
      throw error;
    }
  }

  async #walk(begun: Walk): Promise<Ending> {
    let walk = begun;
    let cursor: string | undefined;
    let last = walk.last;
    for (let pages = 1; ; pages += 1) {
      if (this.#session.timeIsUp()) {
        return 'interrupted';
      }
      const page = await this.#readPage(last?.cursor ?? cursor, this.#session.signal);
      await this.#keep(page, last?.cursor ?? cursor);
      const now = this.#session.now();
      const step: Step =
        last === undefined ? afterPage(walk, cursor, page, now) : afterReturn(walk, last, page, now);
      last = undefined;
      walk = step.walk;
      if (walk.kind === 'tail' && !walk.unbroken) {
        return 'lost';
      }
      if ('ended' in step) {
        this.#state = afterWalk(this.#state, walk);
        return walk.unbroken ? 'finished' : 'interrupted';
      }
      cursor = step.next;
      // A walk of which only the first page is read is begun anew.
      this.#state = { ...this.#state, walk: walk.last === undefined ? undefined : walk };
      if (pages % PAGES_PER_SAVE === 0) {
        await this.#save();
      }
    }
  }

  async #keep({ records }: AuditLogPage, cursor: string | undefined): Promise<void> {
    const occurrences = new Occurrences();
    for (const record of records) {
      await this.#keepRecord(record, cursor, occurrences);
    }
  }

  async #keepRecord(
    { text, time, id, readable }: AuditLogRecord,
    cursor: string | undefined,
    occurrences: Occurrences,
  ): Promise<void> {
    if (readable) {
      const name = id === undefined ? { occurrence: occurrences.countOf(text) } : { vendorId: id };
      await this.#archive.add({ time, text, ...name });
      this.#warnOfId(id);
    } else {
      const origin = cursor === undefined ? 'the first page' : `the page with the cursor ${cursor}`;
      await this.#unreadable.add(Buffer.from(text), 'it is not JSON, although its page is whole', origin);
    }
  }

  #warnOfId(id: string | undefined): void {
    if (id === undefined && !this.#hasWarnedOfIds) {
      this.#hasWarnedOfIds = true;
      logger.warn(
        'Records of the audit log have no id that is known: of equal ones on different pages, one is archived',
      );
    }
  }

  async #save(): Promise<void> {
    this.#state = { ...this.#state, unreadable: this.#unreadable.hashes };
    await this.#session.save(this.#state);
  }
}
