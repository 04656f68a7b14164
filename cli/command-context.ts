import type { Command } from 'commander';
import type { Output, Streams } from './output.ts';

/** What every command is added with. */
export interface CommandContext {
  readonly program: Command;
  /** To be asked for once the command line is read: `--json` may stand anywhere in it. */
  readonly output: () => Output;
  readonly streams: Streams;
  /** Sets the exit status; without it, a command that ends without an error exits with 0. */
  readonly finish: (exitStatus: number) => void;
}
