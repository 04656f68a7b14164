import { Command, InvalidArgumentError, Option } from 'commander';
import type { Scenario } from './scenarios/scenario.ts';
import { DEFAULT_SCENARIO, SCENARIOS, scenarioNamed } from './scenarios/scenarios.ts';

/** How a rehearsal runs, as given on the command line. */
export interface RehearsalOptions {
  /** Name of the story that is played; see `rehearsal/scenarios/`. */
  readonly scenario: string;
  /** Folder with CloudTrail files in CloudTrail's own layout; undefined for generated ones. */
  readonly input?: string;
  readonly destination: 'cloudone' | 'visionone';
  readonly existingBucket: boolean;
  /** A step of the creation that must fail, or `list`. */
  readonly failAt?: string;
  readonly keep: boolean;
  /** Where the report goes. */
  readonly outputFolder: string;
}

const LISTED = 'list';
const SCENARIO_WIDTH = 18;

/** Parses `npm start -- …`. Commander explains what is wrong with an argument, and exits. */
export function parseOptions(argv: readonly string[], outputFolder: string): RehearsalOptions {
  const command = new Command('npm start --')
    .description(
      'Rehearses Trailbridge on this machine: deploys it to a local AWS with simulated vendors, forwards ' +
        'CloudTrail files end to end, destroys it, and proves that nothing is left.',
    )
    .addOption(
      new Option('--scenario <name>', 'the story to play')
        .choices(SCENARIOS.map(({ name }) => name))
        .default(DEFAULT_SCENARIO)
        .conflicts('failAt'),
    )
    .option(
      '--input <dir>',
      "CloudTrail files to forward, in CloudTrail's object layout (default: generated)",
    )
    .addOption(
      new Option('--destination <name>', 'where the files go')
        .choices(['cloudone', 'visionone'])
        .default('cloudone'),
    )
    .option(
      '--existing-bucket',
      'forward from a bucket made beforehand, with notifications of its own',
      false,
    )
    .option('--fail-at <step>', 'make that step of the deployment fail; "list" prints the steps', nonEmpty)
    .option('--keep', 'stay up after forwarding; Ctrl-C tears down', false)
    .addHelpText(
      'after',
      `
Scenarios:
${SCENARIOS.map(({ name, about }) => `  ${name.padEnd(SCENARIO_WIDTH)} ${about}`).join('\n')}

Examples:
  $ npm start
  $ npm start -- --input ../my-cloudtrail-files --destination visionone
  $ npm start -- --existing-bucket
  $ npm start -- --fail-at list`,
    )
    .showHelpAfterError('(see npm start -- --help)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(argv, { from: 'user' });
  const options = command.opts<Omit<RehearsalOptions, 'outputFolder'>>();
  return { ...options, ...required(command, options.scenario), outputFolder };
}

/** What the scenario leaves no choice of. A choice that was made all the same is a mistake to be told. */
function required(command: Command, scenario: string): NonNullable<Scenario['requires']> {
  const { requires = {} } = scenarioNamed(scenario);
  for (const [name, value] of Object.entries(requires)) {
    if (command.getOptionValueSource(name) === 'cli' && command.getOptionValue(name) !== value) {
      const option = command.options.find((candidate) => candidate.attributeName() === name);
      command.error(`error: the scenario '${scenario}' leaves no choice of ${option?.long}`);
    }
  }
  return requires;
}

export function wantsList(options: RehearsalOptions): boolean {
  return options.failAt === LISTED;
}

function nonEmpty(text: string): string {
  if (text.trim() === '') {
    throw new InvalidArgumentError('Name a step, or "list".');
  }
  return text;
}
