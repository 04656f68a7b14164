/**
 * Takes the events out of an object that Activity Tracker Event Routing wrote.
 *
 * IBM names the objects, and says little of what is in them ("Changes to IBM Cloud Object Storage file naming convention"). Its
 * examples and those of others who read such buckets show JSON lines, each an event or an envelope around one; so whatever
 * of that comes, in any mixture, is understood, and the event's text is taken out to the character.
 */

import { arrayElements } from '../../shared/json-parts.ts';
import { tryParseJson } from '../../shared/remote-words.ts';
import { type ActivityEvent, activityEvent, timeOf } from './activity-event.ts';
import { endOfValue } from './json-values.ts';
import { readableBytes } from './object-text.ts';

export interface EventText {
  /** The event's own text, without its envelope. */
  readonly text: string;
  readonly event: ActivityEvent;
  /** When it happened, in milliseconds since the epoch. */
  readonly time: number;
}

/** What is no event. */
export interface UnreadablePart {
  /** What is wrong with it, in a sentence. */
  readonly unreadable: string;
  /** As it is stored. */
  readonly content: Buffer;
}

export type ObjectRecord = EventText | UnreadablePart;

/**
 * The records of an object: gzip or plain; events one a line, over several lines or one behind the other; a JSON array;
 * `{"line":"<event>"}`; `{"_source":{"_line":"<event>"}}`. None of an empty one.
 *
 * What is no event is told with its bytes; of damaged gzip data, all of the object's.
 *
 * @throws InflatedTooLargeError where it does not fit into memory.
 */
export function* recordsOf(content: Buffer): Generator<ObjectRecord, void, undefined> {
  const { bytes, defect } = readableBytes(content);
  yield* recordsOfPlain(bytes);
  if (defect !== undefined) {
    yield { unreadable: defect, content };
  }
}

/** The same of content that is no gzip, or of a part of it that ends with a line. */
export function* recordsOfPlain(bytes: Buffer): Generator<ObjectRecord, void, undefined> {
  for (const part of decoded(bytes)) {
    if (typeof part === 'string') {
      yield* recordsOfText(part);
    } else {
      yield { unreadable: 'It is not UTF-8.', content: part };
    }
  }
}

const LINE_FEED = 0x0a;

/** The text; where not all of it is UTF-8, by lines, so that the good ones are read. A byte order mark is left out. */
function* decoded(bytes: Buffer): Generator<string | Buffer, void, undefined> {
  const whole = utf8(bytes);
  if (whole !== undefined) {
    yield whole;
    return;
  }
  for (let start = 0; start < bytes.length; ) {
    const lineFeed = bytes.indexOf(LINE_FEED, start);
    const end = lineFeed === -1 ? bytes.length : lineFeed + 1;
    const line = bytes.subarray(start, end);
    yield utf8(line) ?? line;
    start = end;
  }
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8, which the caller tells.
    return undefined;
  }
}

/** Looking for the end of values over several lines may pass over the text this often; else it would take forever on rubbish. */
const PASSES = 8;

function* recordsOfText(text: string): Generator<ObjectRecord, void, undefined> {
  let budget = PASSES * text.length;
  let rubbish = '';
  let at = 0;
  while (at < text.length) {
    const line = lineAt(text, at);
    const value = line.trim();
    let taken = line.length;
    let records = value === '' ? [] : parsedRecords(value);
    if (records === undefined && budget > 0) {
      const start = at + line.search(/\S/);
      const end = /[{[]/.test(text[start] ?? '') ? endOfValue(text, start, start + budget) : undefined;
      budget -= (end ?? text.length) - start;
      records = end === undefined ? undefined : parsedRecords(text.slice(start, end));
      taken = records === undefined ? taken : (end ?? 0) - at;
    }
    if (records === undefined) {
      rubbish += line;
    } else {
      yield* unreadable(rubbish);
      rubbish = '';
      yield* records;
    }
    at += taken;
  }
  yield* unreadable(rubbish);
}

/** With its line feed. */
function lineAt(text: string, start: number): string {
  const lineFeed = text.indexOf('\n', start);
  return text.slice(start, lineFeed === -1 ? text.length : lineFeed + 1);
}

function* unreadable(text: string): Generator<UnreadablePart, void, undefined> {
  if (text !== '') {
    yield { unreadable: 'It is not JSON.', content: Buffer.from(text) };
  }
}

/** @returns `undefined` where the text is not JSON. */
function parsedRecords(text: string): ObjectRecord[] | undefined {
  const value = tryParseJson(text);
  if (value === undefined) {
    return undefined;
  }
  return Array.isArray(value)
    ? arrayElements(text).map((element) => recordOf(element, JSON.parse(element)))
    : [recordOf(text, value)];
}

function recordOf(text: string, value: unknown): ObjectRecord {
  const inner = enveloped(value)?.trim();
  if (inner === undefined) {
    return eventOf(text, value);
  }
  const event = tryParseJson(inner);
  return event === undefined
    ? { unreadable: 'What its envelope holds is not JSON.', content: Buffer.from(text) }
    : eventOf(inner, event);
}

interface Envelope {
  readonly action?: unknown;
  readonly line?: unknown;
  readonly _line?: unknown;
  readonly _source?: { readonly _line?: unknown } | null;
}

function enveloped(value: unknown): string | undefined {
  const { action, line, _line, _source } = (value ?? {}) as Envelope;
  if (action !== undefined) {
    return undefined;
  }
  return [line, _line, _source?._line].find((text) => typeof text === 'string');
}

function eventOf(text: string, value: unknown): ObjectRecord {
  const parsed = activityEvent.safeParse(value);
  const time = parsed.success ? timeOf(parsed.data.eventTime) : undefined;
  return parsed.success && time !== undefined
    ? { text, event: parsed.data, time }
    : { unreadable: 'It is no event: it lacks an action, or the time of it.', content: Buffer.from(text) };
}
