/** ISO 8601, as loosely as vendors write it: a space for the `T`, `+0000` for `+00:00`, no zone, which is taken for UTC. */
const ISO_8601 =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(?:(?<utc>Z|UTC|GMT)|(?<hours>[+-]\d{2}):?(?<minutes>\d{2}))?)?$/i;
const DIGITS = /^\d{9,16}$/;
/** Seconds reach this in the year 5138, milliseconds did in 1973. */
const FIRST_MILLISECONDS = 100_000_000_000;
/** The latest time that JavaScript knows (ECMA-262, "Time Values and Time Range"). */
const LATEST = 8_640_000_000_000_000;

/**
 * Reads a time as APIs write it: ISO 8601, or seconds or milliseconds since the epoch, as a number or in digits.
 *
 * @returns milliseconds since the epoch; `undefined` for anything else.
 */
export function readTime(value: unknown): number | undefined {
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  if (typeof number === 'number') {
    const milliseconds = Math.floor(number < FIRST_MILLISECONDS ? number * 1000 : number);
    return milliseconds >= 0 && milliseconds <= LATEST ? milliseconds : undefined;
  }
  const groups = typeof value === 'string' ? ISO_8601.exec(value.trim())?.groups : undefined;
  if (groups === undefined) {
    return undefined;
  }
  const { date, time = '00:00', hours, minutes } = groups;
  const parsed = Date.parse(
    `${date}T${time.replace(',', '.')}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`,
  );
  return Number.isNaN(parsed) ? undefined : parsed;
}
