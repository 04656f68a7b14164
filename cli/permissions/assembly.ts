/** Where the command line tool finds a template: in a file, or by having the CDK synthesize it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { faultsOf } from '../../contract/faults.ts';
import { UserError } from '../errors.ts';
import { type Template, templateSchema } from './template.ts';

const run = promisify(execFile);

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const CDK = join(REPOSITORY, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const SUFFIX = '.template.json';
const MAIN_STACK = 'CloudOne';
const TIME_LIMIT_MS = 120_000;

/** @throws UserError where the file is not there, or is no template in JSON. */
export async function readTemplate(file: string): Promise<Template> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UserError(`The template cannot be read (${error.message}). Name a file with --template.`);
  });
  const parsed = templateSchema.safeParse(parseJson(text, file));
  if (!parsed.success) {
    throw new UserError(`${file} is not a CloudFormation template (${faultsOf(parsed.error, 'template')}).`);
  }
  return parsed.data;
}

/**
 * Synthesizes the stacks of this repository afresh, and reads the template of one: needs no account and no network.
 *
 * @param stack a stack of the app. Any other name is one that somebody gives the main stack.
 * @throws UserError where the synthesis fails.
 */
export async function synthesizeTemplate(stack: string): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), 'trailbridge-permissions-'));
  try {
    await run(process.execPath, [CDK, 'synth', '--quiet', '--output', folder], {
      cwd: REPOSITORY,
      timeout: TIME_LIMIT_MS,
      env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', NO_COLOR: '1' },
    }).catch((error: Error) => {
      throw new UserError(`The templates cannot be synthesized: ${error.message}`, { cause: error });
    });
    const stacks = (await readdir(folder)).map((file) => basename(file, SUFFIX));
    return await readTemplate(join(folder, `${stacks.includes(stack) ? stack : MAIN_STACK}${SUFFIX}`));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not JSON (${(error as Error).message}).`);
  }
}
