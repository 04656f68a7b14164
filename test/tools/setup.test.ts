import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SETUP = fileURLToPath(new URL('../../tools/setup.mjs', import.meta.url));
const LOCK_FILE = '{"lockfileVersion":3}';
const LOCK_HASH = createHash('sha256').update(LOCK_FILE).digest('hex');

/** A repository with the script, a lock file, and an npm that notes how it was called. */
let repository: string;
const at = (...path: string[]) => join(repository, ...path);

beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'trailbridge-setup-test-'));
  for (const folder of ['tools', 'node_modules', 'bin']) {
    mkdirSync(at(folder));
  }
  copyFileSync(SETUP, at('tools/setup.mjs'));
  writeFileSync(at('package-lock.json'), LOCK_FILE);
  npmEndsWith(0);
});

afterEach(() => {
  rmSync(repository, { recursive: true });
});

function npmEndsWith(status: number) {
  writeFileSync(at('bin/npm'), `#!/bin/sh\necho "$@" > npm-calls\nexit ${status}\n`);
  chmodSync(at('bin/npm'), 0o755);
}

function setUp() {
  const { status, stderr } = spawnSync(process.execPath, [at('tools/setup.mjs')], {
    encoding: 'utf8',
    env: { PATH: [at('bin'), process.env.PATH].join(delimiter) },
  });
  return { status, stderr, npmRan: existsSync(at('npm-calls')) };
}

function installedFor(hash: string) {
  writeFileSync(at('node_modules/.installed-lock'), hash);
}

test('does nothing where the lock file’s packages are installed', () => {
  installedFor(LOCK_HASH);

  expect(setUp()).toEqual({ status: 0, stderr: '', npmRan: false });
});

test.each([
  ['nothing is installed', undefined],
  ['the lock file has changed since', 'another'],
])('installs where %s, and remembers', (_when, hash) => {
  if (hash !== undefined) {
    installedFor(hash);
  }

  expect(setUp()).toMatchObject({ status: 0, npmRan: true });
  expect(readFileSync(at('npm-calls'), 'utf8')).toMatch(/^ci /);
  expect(readFileSync(at('node_modules/.installed-lock'), 'utf8')).toBe(LOCK_HASH);
});

test('an installation that fails is said and not remembered', () => {
  npmEndsWith(7);

  expect(setUp()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm ci did not succeed') });
  expect(existsSync(at('node_modules/.installed-lock'))).toBe(false);
});
