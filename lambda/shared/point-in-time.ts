/** ISO 8601, as loosely as vendors write it: a space for the `T`, `+0000` for `+00:00`, no zone, which is taken for UTC. */
const ISO_8601 =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(?:(?<utc>Z|UTC|GMT)|(?<hours>[+-]\d{2}):?(?<minutes>\d{2}))?)?$/i;
/** Go's `2026-03-01 12:00:00 +0000 UTC`: the zone's name, and what a monotonic clock adds, say nothing more (package time, "String"). */
const GO_SUFFIX = /(?<= [+-]\d{4}) [A-Z]{1,5}( m=[+-][\d.]+)?$/;
/** RFC 9110, section 5.6.7 (`Sun, 01 Mar 2026 12:00:00 GMT`), and RFC 5322, section 3.3, whose zone may be an offset. */
const INTERNET_DATE =
  /^(?:[A-Z][a-z]{2}, )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|Z|[+-]\d{4})$/;
const DIGITS = /^\d{9,19}$/;
/** Seconds reach this in the year 5138, milliseconds did in 1973; and so on, a thousand times as many. */
const FIRST_MILLISECONDS = 100_000_000_000;
const THOUSAND = 1000;
/** More than nanoseconds of that year. */
const TOO_LARGE = 1e20;

/**
 * Reads a time as APIs write it: ISO 8601; as the headers of HTTP and mail have it; as Go prints it; seconds, milliseconds,
 * microseconds or nanoseconds since the epoch, as a number or in digits; or an object of seconds and nanoseconds (protobuf's Timestamp).
 *
 * @returns milliseconds since the epoch; `undefined` for anything else.
 */
export function readTime(value: unknown): number | undefined {
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  if (typeof number === 'number') {
    return readNumber(number);
  }
  if (typeof value === 'object' && value !== null) {
    return readTimestamp(value);
  }
  return typeof value === 'string' ? readText(value.trim().replace(GO_SUFFIX, '')) : undefined;
}

function readNumber(number: number): number | undefined {
  if (!(number >= 0 && number < TOO_LARGE)) {
    return undefined;
  }
  let milliseconds = number * (number < FIRST_MILLISECONDS ? THOUSAND : 1);
  while (milliseconds >= FIRST_MILLISECONDS * THOUSAND) {
    milliseconds /= THOUSAND;
  }
  return Math.floor(milliseconds);
}

function readTimestamp(value: { seconds?: unknown; nanos?: unknown }): number | undefined {
  const { seconds, nanos = 0 } = value;
  const isNumber = typeof seconds === 'number' || (typeof seconds === 'string' && /^\d{1,12}$/.test(seconds));
  return isNumber && typeof nanos === 'number'
    ? readNumber(Number(seconds) + Math.floor(nanos / 1_000_000) / THOUSAND)
    : undefined;
}

function readText(text: string): number | undefined {
  if (INTERNET_DATE.test(text)) {
    const parsed = Date.parse(text);
    return Number.isNaN(parsed) ? undefined : parsed;
  }
  const groups = ISO_8601.exec(text)?.groups;
  if (groups === undefined) {
    return undefined;
  }
  const { date, time = '00:00', hours, minutes } = groups;
  const parsed = Date.parse(
    `${date}T${time.replace(',', '.')}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`,
  );
  return Number.isNaN(parsed) ? undefined : parsed;
}
