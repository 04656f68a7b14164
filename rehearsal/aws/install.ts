import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalAwsFailure, MissingPrerequisite } from './errors.ts';
import { withLock } from './lock.ts';
import { defaultCache, requirementsFile } from './paths.ts';
import { findPython } from './python.ts';

const run = promisify(execFile);

/** An installed emulator. */
export interface Emulator {
  /** The interpreter of the private virtual environment. */
  readonly python: string;
  /** The emulator's version. */
  readonly version: string;
}

export interface InstallOptions {
  /** @default `.cache/local-aws` in the repository */
  readonly cacheDir?: string;
  readonly onProgress?: (message: string) => void;
}

/**
 * Makes sure that the pinned emulator is installed, in a virtual environment of its own named by the hash of its
 * requirements: a changed pin makes a new one, an unchanged one is reused. Several processes may ask at once.
 *
 * @throws MissingPrerequisite when Python, its venv module, or a package registry that pip can reach is missing.
 * @throws LocalAwsFailure when pip refuses for another reason: a hash that does not match, say.
 */
export async function ensureEmulator(options: InstallOptions = {}): Promise<Emulator> {
  const cache = options.cacheDir ?? defaultCache;
  const requirements = await readFile(requirementsFile);
  const folder = join(cache, createHash('sha256').update(requirements).digest('hex').slice(0, 16));
  const present = await installed(folder);
  if (present) return present;
  await mkdir(cache, { recursive: true });
  return withLock(`${folder}.lock`, async () => {
    // Another process may have finished it while this one waited.
    return (await installed(folder)) ?? (await install(folder, options.onProgress));
  });
}

const interpreter = (folder: string): string => join(folder, 'bin', 'python');
const marker = (folder: string): string => join(folder, 'complete');

async function installed(folder: string): Promise<Emulator | undefined> {
  try {
    await readFile(marker(folder));
    // Asked, not remembered: the Python that the environment was made with may have been removed since.
    const question = 'from importlib.metadata import version; print(version("ministack"))';
    const { stdout } = await run(interpreter(folder), ['-I', '-c', question], { timeout: 30_000 });
    return { python: interpreter(folder), version: stdout.trim() };
  } catch {
    // Not there, half made, or broken: it is made anew.
    return undefined;
  }
}

async function install(folder: string, onProgress: InstallOptions['onProgress']): Promise<Emulator> {
  const python = await findPython();
  onProgress?.(`Installing the local AWS with Python ${python.version} (once; about 20 MB)`);
  await rm(folder, { recursive: true, force: true });
  await run(python.command, ['-m', 'venv', folder], { timeout: 120_000 });
  await pipInstall(folder);
  await writeFile(marker(folder), '');
  const emulator = await installed(folder);
  if (!emulator) throw new LocalAwsFailure(`The local AWS in ${folder} was installed but does not run.`);
  return emulator;
}

async function pipInstall(folder: string): Promise<void> {
  // Every dependency is in the file, so pip resolves nothing. Which registry it asks is the machine's own setting.
  const options = ['--require-hashes', '--no-deps', '--no-input', '--disable-pip-version-check', '--quiet'];
  const command = ['-m', 'pip', 'install', ...options, '--requirement', requirementsFile];
  try {
    await run(interpreter(folder), command, { timeout: 600_000, maxBuffer: 16 * 2 ** 20 });
  } catch (error) {
    throw pipFailure(outputOf(error));
  }
}

// What pip says when no registry can be reached, or when it offers nothing.
const unreachable =
  /No matching distribution|Could not find a version|ConnectionError|NewConnection|NameResolution|Timeout|ProxyError|SSLError|Max retries/i;

function pipFailure(output: string): Error {
  const tail = output.trim().split('\n').slice(-6).join('\n');
  if (!unreachable.test(output)) {
    return new LocalAwsFailure(`pip could not install the local AWS from ${requirementsFile}:\n${tail}`);
  }
  return new MissingPrerequisite(
    `The local AWS (MiniStack) is not installed, and pip could not fetch it. It needs a package registry that pip can reach (pip config list shows which one it asks), or AWS_ENDPOINT_URL set to an AWS emulator that already runs. pip said:\n${tail}`,
  );
}

function outputOf(error: unknown): string {
  const {
    stdout = '',
    stderr = '',
    message,
  } = error as { stdout?: string; stderr?: string; message: string };
  return `${stdout}${stderr}` || message;
}
