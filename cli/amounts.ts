/** Amounts as a person reads them. */

/** `1,234`. */
export function thousands(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 digest`, `1,234 digests`. */
export function plural(count: number, one: string, many: string): string {
  return `${thousands(count)} ${count === 1 ? one : many}`;
}

/** `1 file`, `1,234 files`. */
export function files(count: number): string {
  return plural(count, 'file', 'files');
}

/** `4.5 MB`. */
export function megabytes(bytes: number): string {
  return bytes < 1_000_000
    ? `${thousands(Math.ceil(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
