/**
 * Installs what the lock file names, if that has not happened yet. Runs before the other npm scripts, under
 * whatever Node.js the machine has; the scripts themselves run under the one that the lock file brings.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;

const repository = fileURLToPath(new URL('..', import.meta.url));
const lockHash = createHash('sha256')
  .update(readFileSync(`${repository}/package-lock.json`))
  .digest('hex');
const marker = `${repository}/node_modules/.installed-lock`;

const installed = existsSync(marker) && readFileSync(marker, 'utf8') === lockHash;
if (!installed) {
  install();
}

function install() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    fail(
      `Node.js ${process.versions.node} is too old to install with. Install Node.js ${OLDEST_NODE} or later.`,
    );
  }
  process.stderr.write('Installing dependencies (npm ci) …\n');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
    // npm is a script file on Windows.
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    fail(`npm ci did not succeed${error === undefined ? '' : ` (${error.message})`}; its words are above.`);
  }
  writeFileSync(marker, lockHash);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
