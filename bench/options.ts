import { Command, InvalidArgumentError, Option } from 'commander';

export interface BenchOptions {
  /** Folder with the user's own CloudTrail files; undefined for generated ones. */
  readonly input?: string;
  /** Where parts are posted; undefined for a sink of our own. */
  readonly sink?: string;
  /** Passes over each case; the best counts. */
  readonly repeat: number;
  /** Measures this alone, and leaves the other figures in the file as they are. */
  readonly only?: 'archive';
  /** Audit events to archive, each number in a measurement of its own; undefined for the usual ones. */
  readonly auditEvents?: readonly number[];
  /** Also what takes minutes. */
  readonly full: boolean;
}

/** Parses `npm run bench -- …`. Commander explains what is wrong with an argument, and exits. */
export function parseOptions(argv: readonly string[]): BenchOptions {
  return new Command('npm run bench --')
    .description(
      'Measures forwarding against what decompressing and compressing the same bytes takes, and the functions ' +
        'for their size and their start; and collecting, deriving and asking audit events. Writes bench/results.json.',
    )
    .option('--input <dir>', 'your own CloudTrail files (*.json.gz), instead of generated ones')
    .option('--sink <url>', 'your own receiver: parts are posted to this URL', url)
    .option('--repeat <n>', 'passes over each case; the best counts', count, 5)
    .option('--full', 'also forward a file of 2 GB, and archive a million audit events', false)
    .option('--audit-events <n...>', 'so many audit events to archive, each number by itself', sizes)
    .addOption(new Option('--only <part>', 'measure this alone').choices(['archive']))
    .showHelpAfterError('(see npm run bench -- --help)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(argv, { from: 'user' })
    .opts<BenchOptions>();
}

function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) {
    throw new InvalidArgumentError('Give a whole number from 1 to 999.');
  }
  return Number(text);
}

function sizes(text: string, before: readonly number[] = []): readonly number[] {
  if (!/^[1-9]\d{2,6}$/.test(text)) {
    throw new InvalidArgumentError('Give whole numbers from 100 to 9999999.');
  }
  return [...before, Number(text)];
}

function url(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new InvalidArgumentError('Give an http or https URL.');
  }
  return text;
}
