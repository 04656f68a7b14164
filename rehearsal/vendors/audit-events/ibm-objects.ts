/**
 * Objects as Event Routing puts them into an object storage bucket. Keys: IBM Cloud documentation, "Format of the object
 * name", before and since 15 May 2025. Bodies: hardly documented; every shape that is known, in turn, among them empty
 * objects.
 */
import { gzipSync } from 'node:zlib';
import type { Span } from './history.ts';
import { type IbmEvent, ibmEvents } from './ibm-events.ts';
import { at, Random } from './random.ts';

export interface IbmObject {
  readonly key: string;
  readonly body: Buffer;
  /** What it holds, in order: each event's text, to the character. */
  readonly events: readonly string[];
}

export interface IbmObjectOptions {
  /** @default by the day of the event */
  readonly layout?: 'old' | 'new';
  /** Events an object. @default 50 */
  readonly size?: number;
}

const NEW_LAYOUT_SINCE = Date.UTC(2025, 4, 15);
const REGION = 'eu-de';
const EVENTS_PER_OBJECT = 50;

type Shape = (events: readonly string[]) => string | Buffer;

const jsonLines: Shape = (events) => events.map((event) => `${event}\n`).join('');
/** As log tools export them: the event's text in a string. */
const inLine: Shape = (events) => events.map((event) => JSON.stringify({ line: event })).join('\n');
const inSource: Shape = (events) =>
  jsonLines(events.map((event) => JSON.stringify({ _source: { _line: event } })));
const gzipped =
  (shape: Shape): Shape =>
  (events) =>
    gzipSync(shape(events), { level: 1 });

/** In turn. `bare` takes a single event, and `empty` none: their objects come beside the others. */
const SHAPES: readonly Shape[] = [
  jsonLines,
  gzipped(jsonLines),
  inLine,
  gzipped(inSource),
  inSource,
  gzipped(inLine),
];
const bare: Shape = ([event = '']) => event;
const empty: Shape = () => '';
/** After so many objects: one with a bare event, and two that are empty, plain and gzip. */
const ROUND = SHAPES.length;

/** All events of the span, in objects, about in the order of time. Holds no more than an object at a time. */
export function* ibmObjects(
  span: Span,
  account: string,
  { layout, size = EVENTS_PER_OBJECT }: IbmObjectOptions = {},
): Generator<IbmObject, void, undefined> {
  let number = 0;
  const put = (shape: Shape, time: number, events: readonly string[]): IbmObject => {
    const random = new Random(`${span.seed} objects`, number);
    number += 1;
    const used = layout ?? (time < NEW_LAYOUT_SINCE ? 'old' : 'new');
    return { key: keyOf(used, account, time, random), body: Buffer.from(shape(events)), events };
  };
  let round = 0;
  for (const batch of batches(ibmEvents(span, account), size)) {
    const [first] = batch;
    if (first === undefined) return;
    const texts = batch.map(({ text }) => text);
    if (round % (ROUND + 1) < ROUND) {
      yield put(at(SHAPES, round % (ROUND + 1)), first.time, texts);
    } else {
      yield put(bare, first.time, texts.slice(0, 1));
      yield put(empty, first.time, []);
      yield put(gzipped(empty), first.time, []);
      if (texts.length > 1) yield put(jsonLines, first.time, texts.slice(1));
    }
    round += 1;
  }
}

/** Events of one hour, at most so many together. */
function* batches(events: Iterable<IbmEvent>, size: number): Generator<readonly IbmEvent[]> {
  let batch: IbmEvent[] = [];
  for (const event of events) {
    const [first] = batch;
    if (first !== undefined && (batch.length === size || hourOf(first.time) !== hourOf(event.time))) {
      yield batch;
      batch = [];
    }
    batch.push(event);
  }
  if (batch.length > 0) yield batch;
}

/** `2026-03-01T10` */
function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, 13);
}

/** The old layout tells less: two of its objects differ in the time alone, which is why it has the milliseconds. */
function keyOf(layout: 'old' | 'new', account: string, time: number, random: Random): string {
  const iso = new Date(time).toISOString();
  if (layout === 'new') {
    return `${account}/${REGION}/${hourOf(time)}/${iso.slice(0, 16)}+0000_${random.uuid()}.log`;
  }
  const fraction = String(random.below(1_000_000)).padStart(6, '0');
  return `${REGION}/${hourOf(time)}/${iso.slice(0, 19)}.${fraction}+0000.log`;
}
