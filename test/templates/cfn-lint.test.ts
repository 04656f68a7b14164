/**
 * The linter for CloudFormation finds nothing. It is a Python program, which is not installed with the rest: the tests
 * take the one on the path, or that `CFN_LINT` names, and are skipped where there is none.
 */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder, runApp, templateFilesIn } from './synthesis.ts';

const run = promisify(execFile);
const command = process.env.CFN_LINT ?? 'cfn-lint';
const isThere = spawnSync(command, ['--version']).status === 0;

describe.skipIf(!isThere)('cfn-lint', () => {
  test('has neither an error nor a warning that is not acknowledged at its resource', async () => {
    await inTemporaryFolder(async (outputFolder) => {
      await runApp({ outputFolder });
      const files = await templateFilesIn(outputFolder);

      expect(files).not.toEqual([]);
      expect(await findingsIn(files)).toBe('');
    });
  }, 180_000);
});

/** What it prints, one finding a line. It exits with other than 0 where it finds something. */
async function findingsIn(files: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(command, ['--format', 'parseable', '--', ...files]);
    return stdout.trim();
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (stdout === undefined || stdout === '') {
      throw error;
    }
    return stdout.trim();
  }
}
