import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { styleText } from 'node:util';
import { askHidden } from './prompt.ts';
import { jsonText, messageText } from './terminal-text.ts';

/** How a command speaks: JSON for a program, text for a person. */
export interface Output {
  /** Writes a result to standard output: as JSON with `--json`, otherwise as `text` makes it. */
  result<T>(value: T, text: (value: T) => string): void;
  /** Writes what went wrong to standard error, as `{"error"}` with `--json`. */
  error(message: string): void;
  /** Writes what a person may like to know meanwhile to standard error; nothing with `--json`. */
  note(message: string): void;
  /** Writes what the user has to know besides to standard error, as `{"warning"}` with `--json`. */
  warning(message: string): void;
}

/** Asks for a secret, and shows nothing of it. */
export type AskHidden = (question: string) => Promise<string>;

/** Lets time pass; less of it when the signal aborts. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Settles when more may be written to standard output: what its reader has not taken yet is kept in memory. */
  readonly drained: () => Promise<void>;
  /** Of standard error; absent where it is no terminal that a line can be rewritten on. */
  readonly terminal?: { readonly columns: () => number };
  readonly wait: Wait;
  /** Aborts when the user interrupts. From the first call on, the first interruption does not end the process. */
  readonly onInterrupt: () => AbortSignal;
  /** Absent where nobody sits at a terminal. */
  readonly askHidden?: AskHidden;
}

/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;

export const PROCESS_STREAMS: Streams = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  drained,
  ...(process.stderr.isTTY && process.env.TERM !== 'dumb'
    ? { terminal: { columns: () => process.stderr.columns || USUAL_COLUMNS } }
    : {}),
  wait: waitByClock,
  onInterrupt: () => {
    const controller = new AbortController();
    process.once('SIGINT', () => controller.abort());
    return controller.signal;
  },
  ...(process.stdin.isTTY && process.stderr.isTTY ? { askHidden } : {}),
};

/** Ends the process without a word when whoever reads its standard output has read enough, as `head` does. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') {
      throw error;
    }
    process.exit();
  });
}

async function drained(): Promise<void> {
  if (process.stdout.writableNeedDrain) {
    await once(process.stdout, 'drain');
  }
}

async function waitByClock(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch {
    // Interrupted: the caller looks at the signal.
  }
}

export function createOutput(json: boolean, streams: Streams): Output {
  // styleText leaves colours out where NO_COLOR is set or the stream is not a terminal.
  const labelled = (colour: 'red' | 'yellow', label: string, message: string) =>
    `${styleText(colour, label, { stream: process.stderr })} ${messageText(message)}`;
  return {
    result: (value, text) => streams.out(`${json ? jsonText(value, 2) : text(value)}\n`),
    note: (message) => {
      if (!json) {
        streams.err(`${messageText(message)}\n`);
      }
    },
    error: (message) =>
      streams.err(`${json ? jsonText({ error: message }) : labelled('red', 'Error:', message)}\n`),
    warning: (message) =>
      streams.err(`${json ? jsonText({ warning: message }) : labelled('yellow', 'Warning:', message)}\n`),
  };
}

/** Two columns, the first as wide as it needs to be. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
}
