/** Takes audit records out of whatever their vendors give them in. */
import {
  type ArchivedRecord,
  type AuditSource,
  archivedLine,
  SOURCE_NAMES,
  sourceOf,
  UNDATED,
} from '../../contract/archive.ts';
import type { CollectedRecord } from '../../lambda/archive/collect/collector.ts';
import { Occurrences } from '../../lambda/archive/collect/occurrences.ts';
import { recordsOf as recordsOfIbmCloud } from '../../lambda/archive/ibmcloud/object-records.ts';
import { isJsonObject } from '../../lambda/archive/ocsf/json.ts';
import { archiveIdOf, filingTime } from '../../lambda/archive/raw/archive-id.ts';
import { arrayElements, JsonPartsError, objectMembers } from '../../lambda/shared/json-parts.ts';
import { tryParseJson } from '../../lambda/shared/remote-words.ts';
import { NotUtf8Error, readUtf8 } from '../../lambda/shared/utf8.ts';
import { recordOf as auditHistoryRecord } from '../../lambda/vendors/appdynamics/audit-history.ts';
import { recordOf as auditLogRecord } from '../../lambda/vendors/cloudone/audit-logs.ts';
import { type Line, linesOf } from './lines.ts';
import { isRecordOf } from './vendor-marks.ts';

/** What is no record, or of a record what could not be read: that one comes, too. */
export interface Fault {
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** What is wrong with it, in a sentence without its first word's capital. */
  readonly why: string;
}

export type AuditRecord = ArchivedRecord | Fault;

export function isFault(record: AuditRecord): record is Fault {
  return 'why' in record;
}

/**
 * The records in a content: JSON lines, each a record, a page (`{"logs": […]}`), an array of records or a line of a raw object of the
 * archive; or one of these over several lines; each also compressed. What comes as lines is read as a stream.
 *
 * @param collectedAt in ISO 8601; of what is not from the archive.
 * @throws what the input fails with.
 */
export async function* auditRecords(
  source: AuditSource,
  input: AsyncIterable<Buffer>,
  collectedAt: string,
): AsyncGenerator<AuditRecord, void, undefined> {
  const reader = new DocumentReader(source, collectedAt);
  /** Lines of which it is not known yet whether each is a document, or all of them are one. */
  const held: Line[] = [];
  let isByLine = false;
  for await (const line of linesOf(input)) {
    if (isByLine) {
      yield* reader.read(line);
      continue;
    }
    held.push(line);
    isByLine = held.length <= UNDECIDED_LINES && isDocument(line) && !beginsArray(held);
    if (isByLine) {
      for (const each of held.splice(0)) {
        yield* reader.read(each);
      }
    }
  }
  const whole = { number: 1, bytes: withLineFeeds(held) };
  yield* !isDocument(whole) && held.some(isDocument)
    ? held.flatMap((each) => [...reader.read(each)])
    : reader.read(whole);
}

/** A file of JSON lines may begin with a few that are none. Behind more than these, it is taken for one document over many lines. */
const UNDECIDED_LINES = 2;

/** Whether the line is an object or an array on its own. */
function isDocument({ bytes }: Line): boolean {
  const value = tryParseJson(textOf(bytes));
  return typeof value === 'object' && value !== null;
}

/** Whether the first of several lines leaves an array open. */
function beginsArray([first]: readonly Line[]): boolean {
  return first !== undefined && textOf(first.bytes).trimStart().startsWith('[') && !isDocument(first);
}

function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

function withLineFeeds(lines: readonly Line[]): Buffer {
  return Buffer.concat(lines.flatMap(({ bytes }) => [bytes, LINE_FEED]));
}

const LINE_FEED = Buffer.from('\n');

/** Reads documents that follow one another. */
class DocumentReader {
  readonly #source: AuditSource;
  readonly #collectedAt: string;
  /** Of the records of the same millisecond: equal ones have the same. */
  #occurrences = new Occurrences();
  #time = Number.NaN;

  constructor(source: AuditSource, collectedAt: string) {
    this.#source = source;
    this.#collectedAt = collectedAt;
  }

  /** @param document JSON; nothing but white space is no record, and no fault. */
  *read({ number, bytes }: Line): Generator<AuditRecord, void, undefined> {
    try {
      const text = readUtf8(bytes).trim();
      if (text !== '') {
        yield* this.#readText(text, number);
      }
    } catch (error) {
      if (!(error instanceof JsonPartsError) && !(error instanceof NotUtf8Error)) {
        throw error;
      }
      // Told with its line; the lines behind it are read.
      yield { line: number, why: `it is not JSON: ${error.message}` };
    }
  }

  *#readText(text: string, line: number): Generator<AuditRecord, void, undefined> {
    const value = tryParseJson(text);
    const archived = archivedLine.safeParse(value);
    if (archived.success) {
      const isOther = sourceOf(archived.data.id) !== this.#source;
      yield isOther
        ? { line, why: `it is an archived record of another source: ${archived.data.id}` }
        : archived.data;
    } else if (this.#source === 'ibmcloud') {
      yield* this.#readIbmCloud(text, line);
    } else {
      yield* this.#readElements(text, value, line);
    }
  }

  /** A record, and where it has no usable time, that its event's is none either. */
  *#dated(record: ArchivedRecord, line: number): Generator<AuditRecord, void, undefined> {
    if (record.time === UNDATED) {
      yield { line, why: 'its time cannot be read: the event bears 1 January 2000, and is marked "undated"' };
    }
    yield record;
  }

  *#readIbmCloud(text: string, line: number): Generator<AuditRecord, void, undefined> {
    for (const part of recordsOfIbmCloud(Buffer.from(text))) {
      if ('unreadable' in part) {
        yield { line, why: inSentence(part.unreadable) };
      } else {
        const { text: record, time, event } = part;
        yield* this.#dated(this.#archived({ text: record, time, vendorId: event.id }), line);
      }
    }
  }

  *#readElements(text: string, value: unknown, line: number): Generator<AuditRecord, void, undefined> {
    const elements = elementsOf(text, value);
    let end = 0;
    let lineNow = line;
    for (const element of elements) {
      const start = text.indexOf(element, end);
      lineNow += lineFeedsIn(text, end, start);
      end = start + element.length;
      yield* this.#readElement(element, lineNow);
      lineNow += lineFeedsIn(text, start, end);
    }
  }

  *#readElement(text: string, line: number): Generator<AuditRecord, void, undefined> {
    const parsed: unknown = tryParseJson(text);
    if (!isJsonObject(parsed)) {
      yield { line, why: 'it is no JSON object, and so no record' };
    } else if (!isRecordOf(this.#source, parsed)) {
      yield { line, why: `it is no record of ${SOURCE_NAMES[this.#source]}: it does not say what was done` };
    } else {
      yield* this.#dated(this.#recordOf(text), line);
    }
  }

  #recordOf(text: string): ArchivedRecord {
    if (this.#source === 'appdynamics') {
      return this.#archived({ text, time: auditHistoryRecord(text).time });
    }
    const { time, id } = auditLogRecord(text);
    return this.#archived({ text, time, vendorId: id });
  }

  #archived(record: CollectedRecord): ArchivedRecord {
    const time = filingTime(record.time);
    if (time !== this.#time) {
      this.#time = time;
      this.#occurrences = new Occurrences();
    }
    const occurrence = record.vendorId === undefined ? this.#occurrences.countOf(record.text) : 0;
    return {
      id: archiveIdOf(this.#source, { ...record, occurrence }),
      time,
      collectedAt: this.#collectedAt,
      record: record.text,
    };
  }
}

/** The records' texts in an array, in a page, or the text itself. @throws JsonPartsError */
function elementsOf(text: string, value: unknown): readonly string[] {
  if (text.startsWith('[')) {
    return arrayElements(text);
  }
  const logs = isJsonObject(value) && Array.isArray(value.logs) ? objectMembers(text).get('logs') : undefined;
  return logs === undefined ? [text] : arrayElements(logs);
}

function lineFeedsIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

/** "It is …." as it stands behind a colon. */
function inSentence(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/, '');
}
