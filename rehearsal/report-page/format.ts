/** Figures and times as the page writes them. */

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12,345`. */
export function count(value: number): string {
  return integers.format(value);
}

/** `1 file`, `12,345 files`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

const ticks = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** A round value beside an axis: `0.5`, `10,000`. */
export function tickLabel(value: number): string {
  return ticks.format(value);
}

/** Seconds as `4.2 s` or `3 min 12 s`. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Milliseconds as `340 ms` or `1.24 s`. */
export function latency(milliseconds: number): string {
  const rounded = Math.round(milliseconds);
  return rounded < 1000 ? `${rounded} ms` : `${(milliseconds / 1000).toFixed(rounded < 10_000 ? 2 : 1)} s`;
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units: `716.8 kB`. */
export function bytes(value: number): string {
  const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), BYTE_UNITS.length - 1);
  const figure = power === 0 ? count(value) : (value / 1000 ** power).toFixed(1);
  return `${figure} ${power === 0 && value === 1 ? 'byte' : BYTE_UNITS[power]}`;
}

const moments = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
});

/** `20 Nov 2026, 07:41:12 UTC`, or the text itself where it is no time. */
export function moment(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${moments.format(time)} UTC`;
}

const DESTINATIONS: Readonly<Record<string, string>> = {
  cloudone: 'Trend Cloud One',
  visionone: 'Trend Vision One',
  vendorclient: 'Trend Cloud One, sent by the vendor’s client',
};

/** The destination's name as its vendor writes it. */
export function destinationName(destination: string): string {
  return DESTINATIONS[destination] ?? destination;
}

const SOURCES: Readonly<Record<string, string>> = {
  cloudone: 'Trend Cloud One',
  appdynamics: 'Splunk AppDynamics',
  ibmcloud: 'IBM Cloud',
};

/** The name of a source of audit logs as its vendor writes it. */
export function sourceName(source: string): string {
  return SOURCES[source] ?? source;
}
