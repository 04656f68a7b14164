import { styleText } from 'node:util';
import { askHidden } from './prompt.ts';

/** How a command speaks: JSON for a program, text for a person. */
export interface Output {
  /** Writes a result to standard output: as JSON with `--json`, otherwise as `text` makes it. */
  result<T>(value: T, text: (value: T) => string): void;
  /** Writes what went wrong to standard error, as `{"error"}` with `--json`. */
  error(message: string): void;
  /** Writes what the user has to know besides to standard error, as `{"warning"}` with `--json`. */
  warning(message: string): void;
  /** Shows how far something is, where somebody watches; the next line, or anything else, takes its place. */
  progress(line: string): void;
}

/** Asks for a secret, and shows nothing of it. */
export type AskHidden = (question: string) => Promise<string>;

export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Absent where nobody sits at a terminal. */
  readonly askHidden?: AskHidden;
  /** Puts a line in the place of the last one; likewise. */
  readonly showProgress?: (line: string) => void;
}

export const PROCESS_STREAMS: Streams = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { askHidden } : {}),
  ...(process.stderr.isTTY ? { showProgress: replaceLine } : {}),
};

export function createOutput(json: boolean, streams: Streams): Output {
  // styleText leaves colours out where NO_COLOR is set or the stream is not a terminal.
  const labelled = (colour: 'red' | 'yellow', label: string, message: string) =>
    `${styleText(colour, label, { stream: process.stderr })} ${message}`;
  let isInProgress = false;
  const progress = (line: string) => {
    if (isInProgress || line !== '') {
      streams.showProgress?.(line);
    }
    isInProgress = line !== '';
  };
  const afterProgress = (write: (text: string) => void, text: string) => {
    progress('');
    write(text);
  };
  return {
    result: (value, text) =>
      afterProgress(streams.out, `${json ? JSON.stringify(value, undefined, 2) : text(value)}\n`),
    error: (message) =>
      afterProgress(
        streams.err,
        `${json ? JSON.stringify({ error: message }) : labelled('red', 'Error:', message)}\n`,
      ),
    warning: (message) =>
      afterProgress(
        streams.err,
        `${json ? JSON.stringify({ warning: message }) : labelled('yellow', 'Warning:', message)}\n`,
      ),
    progress,
  };
}

/** The line is cut to the terminal's width: what wraps could not be taken back. */
function replaceLine(line: string): void {
  process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
}

/** Two columns, the first as wide as it needs to be. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
}
