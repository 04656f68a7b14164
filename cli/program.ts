import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandContext } from './command-context.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addBackfillCommand } from './commands/backfill.ts';
import { addCompletenessCommand } from './commands/completeness.ts';
import { addFilterCommand } from './commands/filter.ts';
import { addLinkCommand } from './commands/link.ts';
import { addOcsfCommand } from './commands/ocsf.ts';
import { addPauseCommand } from './commands/pause.ts';
import { addPermissionsCommand } from './commands/permissions.ts';
import { addRedriveCommand } from './commands/redrive.ts';
import { addResumeCommand } from './commands/resume.ts';
import { addStatusCommand } from './commands/status.ts';
import { EXIT, UsageError, UserError } from './errors.ts';
import { createOutput, type Output, PROCESS_STREAMS, type Streams } from './output.ts';

/** In the order of the help. */
const COMMANDS: readonly ((context: CommandContext) => void)[] = [
  addPermissionsCommand,
  addFilterCommand,
  addStatusCommand,
  addCompletenessCommand,
  addBackfillCommand,
  addRedriveCommand,
  addPauseCommand,
  addResumeCommand,
  addLinkCommand,
  addAuditCommands,
  addOcsfCommand,
];

/**
 * Runs the command line tool.
 *
 * @param argv the arguments after the program's name.
 * @returns the exit status; see `EXIT`.
 */
export async function run(argv: readonly string[], streams: Streams = PROCESS_STREAMS): Promise<number> {
  let exitStatus: number = EXIT.ok;
  const output = (): Output => createOutput(program.opts<{ json?: boolean }>().json === true, streams);
  const program = createProgram(streams);
  const finish = (status: number): void => {
    exitStatus = status;
  };
  for (const addCommand of COMMANDS) {
    addCommand({ program, output, streams, finish });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said what is wrong; asking for help is not a mistake.
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    if (error instanceof UsageError) {
      output().error(error.message);
      return EXIT.usage;
    }
    if (error instanceof UserError) {
      output().error(error.message);
      return EXIT.failed;
    }
    throw error;
  }
}

function createProgram(streams: Streams): Command {
  return new Command('trailbridge')
    .version(packageJson.version)
    .description('Looks after a deployed Trailbridge: its connections, its queue, its proof')
    .option('--stack <name>', 'name of the deployed stack', 'CloudOne')
    .option('--profile <name>', 'AWS profile')
    .option('--region <code>', 'AWS region of the stack')
    .option('--json', 'print JSON, for programs')
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    .showHelpAfterError('(see trailbridge --help)')
    .exitOverride();
}
