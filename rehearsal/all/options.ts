import { Command, InvalidArgumentError } from 'commander';

/** What `npm run rehearse:all` is to rehearse, as given on the command line. */
export interface AllOptions {
  /** Which of all: those whose name one of them matches. Empty for all. */
  readonly only: readonly RegExp[];
  /** Says what there is, and rehearses nothing. */
  readonly list: boolean;
}

/** Parses `npm run rehearse:all -- …`. Commander explains what is wrong with an argument, and exits. */
export function parseAllOptions(argv: readonly string[]): AllOptions {
  return new Command('npm run rehearse:all --')
    .description(
      'Rehearses Trailbridge with every option, in every scenario, and failing at every step, one after the other.',
    )
    .option(
      '--only <pattern...>',
      'only what one of these regular expressions matches; see --list for the names',
      (text: string, patterns: readonly RegExp[]) => [...patterns, pattern(text)],
      [],
    )
    .option('--list', 'print the names, one a line, and rehearse nothing', false)
    .addHelpText(
      'after',
      `
Examples:
  $ npm run rehearse:all
  $ npm run rehearse:all -- --only '^--scenario' 'without options'
  $ npm run rehearse:all -- --only 'fail-at aws:.*Queue'`,
    )
    .showHelpAfterError('(see npm run rehearse:all -- --help)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(argv, { from: 'user' })
    .opts<AllOptions>();
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    // Recovery: the user's mistake, answered as such.
    throw new InvalidArgumentError((error as Error).message);
  }
}
