import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalAwsFailure, MissingPrerequisite } from '../../../rehearsal/aws/errors.ts';
import { ensureEmulator } from '../../../rehearsal/aws/install.ts';
import { withLock } from '../../../rehearsal/aws/lock.ts';
import { requirementsFile } from '../../../rehearsal/aws/paths.ts';
import { findPython } from '../../../rehearsal/aws/python.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'install-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Puts a program of that name on a path of its own. */
async function program(name: string, shell: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${shell}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
}

const onlyTheirs = () => ({ PATH: join(folder, 'bin') });
const python = (minor: number, venv = true) => `echo '{"major": 3, "minor": ${minor}, "venv": ${venv}}'`;

/**
 * A Python whose virtual environments hold a fake of itself: pip says what it is told to, and the emulator has a version
 * once pip has run. It counts its installations.
 */
const fakePython = (pip: string): string => `
  case "$*" in
    *"import json"*) ${python(12)} ;;
    *"-m venv"*) for last; do :; done; /bin/mkdir -p "$last/bin"; /bin/cp "$0" "$last/bin/python" ;;
    *"-m pip"*) echo x >> ${folder}/installations; ${pip} ;;
    *importlib*) echo 9.9.9 ;;
  esac`;

describe('a usable Python', () => {
  it('is the first of the known names that is recent enough', async () => {
    await program('python3', python(9));
    await program('python3.12', python(12));

    expect(await findPython(onlyTheirs())).toEqual({ command: 'python3.12', version: '3.12' });
  });

  it.each([
    ['there is none', {}, /no python3 on the path.*apt install python3/],
    ['it is too old', { python3: python(9) }, /Python 3\.10 or newer, and python3 is 3\.9/],
    ['it is a stub that fails', { python3: 'exit 1' }, /no python3 on the path/],
    ['venv is missing', { python3: python(11, false) }, /apt install python3\.11-venv/],
  ])('is told to be missing, with the cure, when %s', async (_, programs, message) => {
    for (const [name, shell] of Object.entries(programs)) await program(name, shell);

    const found = findPython(onlyTheirs());

    await expect(found).rejects.toThrow(MissingPrerequisite);
    await expect(found).rejects.toThrow(message);
    await expect(found).rejects.toThrow(/AWS_ENDPOINT_URL/);
  });
});

describe('the installation', () => {
  const install = async (pip: string) => {
    await program('python3', fakePython(pip));
    vi.stubEnv('PATH', join(folder, 'bin'));
    return ensureEmulator({ cacheDir: join(folder, 'cache') });
  };
  const installations = async () =>
    (await readFile(join(folder, 'installations'), 'utf8')).trim().split('\n').length;

  it('is made once, however many ask at once, and then reused', async () => {
    await program('python3', fakePython('/bin/sleep 0.2'));
    vi.stubEnv('PATH', join(folder, 'bin'));
    const ask = () => ensureEmulator({ cacheDir: join(folder, 'cache') });

    const made = await Promise.all([ask(), ask(), ask()]);
    const again = await ask();

    expect(new Set([...made, again].map(({ version }) => version))).toEqual(new Set(['9.9.9']));
    expect(await installations()).toBe(1);
    expect((await readdir(join(folder, 'cache'))).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('is made anew where it was only half made', async () => {
    const made = await install('true');
    await rm(join(made.python, '..', '..', 'complete'));

    await install('true');

    expect(await installations()).toBe(2);
  });

  it.each([
    'ERROR: Could not find a version that satisfies the requirement ministack==1 (from versions: none)',
    'WARNING: Retrying after connection broken by NewConnectionError',
    "WARNING: Retrying after connection broken by 'ReadTimeoutError'",
  ])('tells that no registry could be reached: %s', async (said) => {
    const installed = install(`echo "${said}" >&2; exit 1`);

    await expect(installed).rejects.toThrow(MissingPrerequisite);
    await expect(installed).rejects.toThrow(/package registry/);
  });

  it('fails, and is no missing prerequisite, when a package is not what it was', async () => {
    const installed = install('echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1');

    await expect(installed).rejects.toThrow(LocalAwsFailure);
    await expect(installed).rejects.toThrow(/DO NOT MATCH THE HASHES/);
  });
});

describe('a lock', () => {
  it('lets one work at a time', async () => {
    const path = join(folder, 'lock');
    let inside = 0;
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((later) => setTimeout(later, 20));
      inside -= 1;
    };

    await Promise.all([withLock(path, work), withLock(path, work), withLock(path, work)]);
  });

  it('of a process that is gone is taken over', async () => {
    const path = join(folder, 'lock');
    // Larger than any process id of Linux or macOS.
    await writeFile(path, '4999999');

    expect(await withLock(path, async () => 'done')).toBe('done');
  });
});

describe('the requirements', () => {
  it('pin every package with hashes, and name no registry', async () => {
    const text = await readFile(requirementsFile, 'utf8');
    const packages = text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => /^[a-z]/i.test(line));

    expect(packages.length).toBeGreaterThan(10);
    for (const line of packages) expect(line).toMatch(/^[\w.-]+==[\w.]+ .*--hash=sha256:[0-9a-f]{64}/);
    expect(text).not.toMatch(/https?:|index-url|find-links/);
  });
});
