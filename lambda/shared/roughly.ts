/** A span of time as one says it: `40 s`, `3 min`, `2 h`, `3 days`. */
export function roughly(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 90) {
    return `${Math.max(1, Math.round(seconds))} s`;
  }
  if (seconds < 90 * 60) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
