/** Runs the product's command line tools as a user does: the real CDK, and the publisher. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalAws } from './aws/local-aws.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const CDK = join(REPOSITORY, 'node_modules', 'aws-cdk', 'bin', 'cdk');
/** A hang must not last as long as the caller's patience. */
const TIME_LIMIT_MS = 10 * 60_000;

const TRAILBRIDGE = join(REPOSITORY, 'bin', 'trailbridge.ts');
const PUBLISHER = join(REPOSITORY, 'publishing', 'main.ts');

/** A command line tool did not succeed. Its output's end is in the message. */
export class CdkError extends Error {
  override readonly name = 'CdkError';
}

const running = new Set<ChildProcess>();
/** Set when everything is being stopped: what goes on meanwhile must not start another. */
let stopped = false;

/**
 * Runs `cdk <arguments>`, with its output in a log file.
 *
 * @returns what it printed on its standard output.
 * @throws CdkError if it fails or takes longer than ten minutes.
 */
export function cdk(args: readonly string[], options: ToolOptions): Promise<string> {
  return run(`cdk ${args[0]}`, [CDK, ...args], options);
}

/**
 * Runs what `npm run publish:templates -- <arguments>` runs.
 *
 * @returns what it printed on its standard output.
 * @throws CdkError if it fails or takes longer than ten minutes.
 */
export function publishTemplates(args: readonly string[], options: ToolOptions): Promise<string> {
  return run('publish:templates', [PUBLISHER, ...args], options);
}

/**
 * Runs `npx trailbridge <arguments>`.
 *
 * @returns what it printed on its standard output.
 * @throws CdkError if it ends with another exit status than expected, or takes longer than ten minutes.
 */
export function trailbridge(
  args: readonly string[],
  options: ToolOptions & { readonly exitStatus?: number },
): Promise<string> {
  return run(`trailbridge ${args[0]}`, [TRAILBRIDGE, ...args], options, options.exitStatus);
}

interface ToolOptions {
  /** @default none: it gets no credentials */
  readonly aws?: LocalAws;
  /** File that its output is added to. */
  readonly log: string;
}

async function run(
  tool: string,
  command: readonly string[],
  options: ToolOptions,
  exitStatus = 0,
): Promise<string> {
  if (stopped) {
    throw new CdkError(`${tool} was not started: the rehearsal is being stopped.`);
  }
  const child = spawn(process.execPath, command, {
    cwd: REPOSITORY,
    env: { ...cleanEnvironment(), ...options.aws?.clientEnvironment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that ending it ends the app that it runs, too.
    detached: true,
    timeout: TIME_LIMIT_MS,
  });
  running.add(child);
  const log = createWriteStream(options.log, { flags: 'a' });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  let everything = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      everything += text;
      log.write(text);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  running.delete(child);
  log.end();
  if (code !== exitStatus) {
    const end = everything.trimEnd().split('\n').slice(-25).join('\n');
    throw new CdkError(`${tool} failed (exit status ${code}). Its last words:\n${end}`);
  }
  return printed;
}

/** Ends every tool that is still running, and what it started. */
export function stopCdk(): void {
  stopped = true;
  for (const child of running) {
    if (child.pid !== undefined) {
      killGroup(child.pid);
    }
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself a moment ago: what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

/** Nothing of the user's own AWS configuration, and no notices fetched from the internet. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' };
}
