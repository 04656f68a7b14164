import { Command } from 'commander';

export interface FaultsOptions {
  /** Only cases whose name contains it. */
  readonly only?: string;
  /** Print the names, and do nothing. */
  readonly list: boolean;
  readonly verbose: boolean;
  /** Where to write what came of it. Without it, a run of all cases writes bench/faults.json, and any other nothing. */
  readonly out?: string;
}

/** Parses `npm run faults -- …`. Commander explains what is wrong with an argument, and exits. */
export function parseOptions(argv: readonly string[]): FaultsOptions {
  return new Command('npm run faults --')
    .description(
      'Forwards files while everything goes wrong that can, with the real function in processes that are really ' +
        'killed, and counts what arrives.',
    )
    .option('--only <text>', 'only the cases with this in their name, such as "killed/"')
    .option('--list', 'print the names of the cases, one a line, and do nothing', false)
    .option(
      '--out <file>',
      'where to write the figures; by default a run of all cases writes bench/faults.json',
    )
    .option('--verbose', 'say of every case what was injected, expected and observed', false)
    .showHelpAfterError('(see npm run faults -- --help)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(argv, { from: 'user' })
    .opts<FaultsOptions>();
}
