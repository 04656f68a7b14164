/**
 * Finds the records of a CloudTrail file, `{"Records":[{…},{…}]}`, in its bytes, however they are cut into
 * chunks, without parsing them.
 *
 * Right for any spelling of JSON: white space anywhere, escapes (also in the key: `"Rec\u006frds"`), other
 * keys before and after, deeper keys of the same name. The whole document is checked by JSON's grammar, inside
 * the records too (see json-value.ts, also for what is not checked), for a destination may take what it cannot
 * parse and lose it.
 *
 * Decisions:
 * - `Records` twice is poison: `JSON.parse` would keep the last and lose the first silently.
 * - A UTF-8 byte order mark at the start is passed over (RFC 8259, section 8.1, allows it).
 */
import { type EndOfRecord, endOfCompactRecord, UNSURE } from './compact-record.ts';
import { PoisonError } from './failures.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isWhiteSpace,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  startsValue,
} from './json-bytes.ts';
import { JsonValue } from './json-value.ts';

/** Takes the records as they are found. A record comes in one piece or, across chunks, in several. */
export interface RecordSink {
  /**
   * Bytes `start` to `end` of `chunk` belong to the current record; `complete` if they end it. They are known to
   * hold no white space between tokens if `compact`.
   */
  append(chunk: Buffer, start: number, end: number, complete: boolean, compact: boolean): void;
}

/**
 * Bytes of a single record at most. CloudTrail's own limit is far lower (256 KB; 1 MB in CloudTrail Lake);
 * what is larger is an attack on our memory.
 */
export const MAXIMUM_RECORD_BYTES = 16 * 1024 * 1024;

type State =
  | 'document'
  | 'byte-order-mark'
  | 'first-key'
  | 'key'
  | 'in-key'
  | 'colon'
  | 'value'
  | 'in-scalar'
  | 'in-nested'
  | 'after-value'
  | 'first-record'
  | 'record'
  | 'in-record'
  | 'after-record'
  | 'end';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** `Records` with each letter written as an escape. A longer key is another. */
const LONGEST_RECORDS_KEY = 'Records'.length * '\\u0000'.length;
const LONGEST_SCALAR = 4096;
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

export class RecordScanner {
  readonly #sink: RecordSink;
  readonly #endOfRecord: EndOfRecord;
  #state: State = 'document';
  /** Bytes of the chunks before the current one. */
  #offset = 0;
  #records = 0;
  #recordBytes = 0;
  #recordsKeySeen = false;
  #byteOrderMark = false;
  /** The record, key or other value that is being read. */
  readonly #value = new JsonValue();
  /** Raw bytes of the current key or scalar, as far as they matter. */
  #token: number[] = [];
  #tokenBytes = 0;
  #keyIsRecords = false;

  /** @param endOfRecord a short cut, which may be unsure always. */
  constructor(sink: RecordSink, endOfRecord: EndOfRecord = endOfCompactRecord) {
    this.#sink = sink;
    this.#endOfRecord = endOfRecord;
  }

  /** Records found so far. */
  get records(): number {
    return this.#records;
  }

  /** Whether the file starts with a UTF-8 byte order mark. */
  get hasByteOrderMark(): boolean {
    return this.#byteOrderMark;
  }

  /** @throws PoisonError where the bytes are not a CloudTrail file's. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      at = this.#step(chunk, at);
    }
    this.#offset += chunk.length;
  }

  /** @throws PoisonError where the file ended too early. */
  end(): void {
    if (this.#state === 'end') {
      return;
    }
    if (this.#offset === 0) {
      throw new PoisonError('EmptyObject', 'The file is empty when decompressed.');
    }
    throw new PoisonError(
      'TruncatedJson',
      `The JSON document ends unfinished after ${this.#offset} bytes and ${this.#records} records.`,
    );
  }

  /** Consumes bytes from `at` on and returns where to go on. */
  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'in-record':
        return this.#continueRecord(chunk, at, at);
      case 'in-nested':
        return this.#continueNested(chunk, at);
      case 'in-key':
        return this.#continueKey(chunk, at);
      case 'in-scalar':
        return this.#continueScalar(chunk, at);
      default: {
        const byte = chunk[at] as number;
        if (isWhiteSpace(byte)) {
          return at + 1;
        }
        return this.#structure(chunk, at, byte);
      }
    }
  }

  /** One byte of the document's own structure. */
  #structure(chunk: Buffer, at: number, byte: number): number {
    switch (this.#state) {
      case 'document':
      case 'byte-order-mark':
        return this.#startDocument(chunk, at, byte);
      case 'first-key':
      case 'key':
        return this.#startKey(at, byte);
      case 'colon':
        return this.#expect(COLON, 'value', at, byte);
      case 'value':
        return this.#startValue(at, byte);
      case 'after-value':
        if (byte === CLOSE_BRACE) {
          return this.#endDocument(at);
        }
        return this.#expect(COMMA, 'key', at, byte);
      case 'first-record':
      case 'record':
        return this.#startRecord(chunk, at, byte);
      case 'after-record':
        if (byte === CLOSE_BRACKET) {
          this.#state = 'after-value';
          return at + 1;
        }
        return this.#expect(COMMA, 'record', at, byte);
      default:
        throw this.#notJson(at, 'something follows the document');
    }
  }

  #startDocument(chunk: Buffer, at: number, byte: number): number {
    const position = this.#offset + at;
    const inMark = this.#state === 'byte-order-mark';
    if (byte === BYTE_ORDER_MARK[position] && inMark === position > 0) {
      this.#byteOrderMark = position === BYTE_ORDER_MARK.length - 1;
      this.#state = this.#byteOrderMark ? 'document' : 'byte-order-mark';
      return at + 1;
    }
    if (inMark) {
      throw this.#notJson(at, 'its byte order mark is cut short');
    }
    if (byte === OPEN_BRACE) {
      this.#state = 'first-key';
      return at + 1;
    }
    if (startsValue(byte)) {
      const start = Buffer.from(chunk.subarray(at, at + 1)).toString('latin1');
      throw new PoisonError(
        'NoRecords',
        `The document is not an object with "Records": it starts with ${start}`,
      );
    }
    throw this.#notJson(at, 'it does not start like a document');
  }

  #startKey(at: number, byte: number): number {
    if (byte === CLOSE_BRACE && this.#state === 'first-key') {
      return this.#endDocument(at);
    }
    this.#token = [];
    this.#tokenBytes = 0;
    this.#value.enter(QUOTE);
    return this.#expect(QUOTE, 'in-key', at, byte);
  }

  #continueKey(chunk: Buffer, from: number): number {
    const end = this.#runValue(chunk, from);
    // With its closing quote.
    this.#tokenBytes += end - from;
    if (this.#tokenBytes <= LONGEST_RECORDS_KEY + 1) {
      this.#token.push(...chunk.subarray(from, end));
    }
    if (this.#value.closed) {
      this.#keyIsRecords = this.#isRecords();
      this.#state = 'colon';
    }
    return end;
  }

  #isRecords(): boolean {
    return (
      this.#tokenBytes <= LONGEST_RECORDS_KEY + 1 &&
      JSON.parse(`"${Buffer.from(this.#token).toString('latin1')}`) === 'Records'
    );
  }

  #startValue(at: number, byte: number): number {
    if (!startsValue(byte)) {
      throw this.#notJson(at, 'a value is missing');
    }
    if (this.#keyIsRecords) {
      return this.#startRecords(at, byte);
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET || byte === QUOTE) {
      this.#state = 'in-nested';
      this.#value.enter(byte);
      return at + 1;
    }
    this.#state = 'in-scalar';
    this.#token = [];
    return at;
  }

  #startRecords(at: number, byte: number): number {
    if (this.#recordsKeySeen) {
      throw new PoisonError(
        'RecordsTwice',
        `The document has "Records" twice, the second time at byte ${this.#offset + at}: which one is meant cannot be known.`,
      );
    }
    if (byte !== OPEN_BRACKET) {
      throw new PoisonError('RecordsNotAnArray', 'The value of "Records" is not an array.');
    }
    this.#recordsKeySeen = true;
    this.#state = 'first-record';
    return at + 1;
  }

  #continueScalar(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (byte === COMMA || byte === CLOSE_BRACE || isWhiteSpace(byte)) {
        if (!SCALAR.test(Buffer.from(this.#token).toString('latin1'))) {
          throw this.#notJson(at, 'a value is neither a number nor true, false or null');
        }
        this.#state = 'after-value';
        return at;
      }
      this.#token.push(byte);
      if (this.#token.length > LONGEST_SCALAR) {
        throw this.#notJson(at, `a value is longer than ${LONGEST_SCALAR} characters`);
      }
    }
    return chunk.length;
  }

  #continueNested(chunk: Buffer, from: number): number {
    const end = this.#runValue(chunk, from);
    if (this.#value.closed) {
      this.#state = 'after-value';
    }
    return end;
  }

  #startRecord(chunk: Buffer, at: number, byte: number): number {
    if (byte === OPEN_BRACE) {
      this.#recordBytes = 0;
      const end = this.#endOfRecord(chunk, at);
      if (end !== UNSURE) {
        return this.#takeRecord(chunk, at, end, true, true);
      }
      this.#state = 'in-record';
      this.#value.enter(byte);
      return this.#continueRecord(chunk, at, at + 1);
    }
    if (byte === CLOSE_BRACKET && this.#state === 'first-record') {
      this.#state = 'after-value';
      return at + 1;
    }
    if (startsValue(byte)) {
      throw new PoisonError(
        'RecordNotAnObject',
        `Record ${this.#records} (counting from 0) is not an object.`,
      );
    }
    throw this.#notJson(at, 'a record is missing');
  }

  /** `start` is where the record's bytes begin in this chunk, `from` where scanning goes on. */
  #continueRecord(chunk: Buffer, start: number, from: number): number {
    const end = this.#runValue(chunk, from);
    return this.#takeRecord(chunk, start, end, this.#value.closed, false);
  }

  #takeRecord(chunk: Buffer, start: number, end: number, complete: boolean, compact: boolean): number {
    this.#recordBytes += end - start;
    if (this.#recordBytes > MAXIMUM_RECORD_BYTES) {
      throw new PoisonError(
        'RecordTooLarge',
        `Record ${this.#records} (counting from 0) is larger than ${MAXIMUM_RECORD_BYTES} bytes, which no CloudTrail record is.`,
      );
    }
    if (complete) {
      this.#records += 1;
      this.#state = 'after-record';
    }
    this.#sink.append(chunk, start, end, complete, compact);
    return end;
  }

  #runValue(chunk: Buffer, from: number): number {
    const end = this.#value.run(chunk, from);
    if (this.#value.fault !== undefined) {
      throw this.#notJson(end, this.#value.fault);
    }
    return end;
  }

  #expect(wanted: number, next: State, at: number, byte: number): number {
    if (byte !== wanted) {
      throw this.#notJson(at, `"${String.fromCharCode(wanted)}" is missing`);
    }
    this.#state = next;
    return at + 1;
  }

  #endDocument(at: number): number {
    if (!this.#recordsKeySeen) {
      throw new PoisonError('NoRecords', 'The document has no "Records".');
    }
    this.#state = 'end';
    return at + 1;
  }

  #notJson(at: number, what: string): PoisonError {
    return new PoisonError(
      'NotJson',
      `The file is not a JSON document: ${what}, at byte ${this.#offset + at} of the uncompressed file.`,
    );
  }
}
