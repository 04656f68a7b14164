import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MissingPrerequisite } from '../../../rehearsal/aws/errors.ts';
import { ensureEmulator } from '../../../rehearsal/aws/install.ts';
import { launcher } from '../../../rehearsal/aws/paths.ts';

const emulator = await ensureEmulator().catch((error: unknown) => {
  if (error instanceof MissingPrerequisite) return error;
  throw error;
});
if (emulator instanceof Error)
  console.warn(`The additions to the local AWS were not tested. ${emulator.message}`);

describe.skipIf(emulator instanceof Error)('the additions to the emulator', () => {
  const python = async (script: string): Promise<string> => {
    const command = emulator instanceof Error ? '' : emulator.python;
    const { stdout } = await promisify(execFile)(command, ['-c', script], { cwd: dirname(launcher) });
    return stdout.trim();
  };

  it('name what a release has lost that they rely on', async () => {
    const said = await python(`
import additions
from ministack.services import s3
del s3._delete_bucket
try:
    additions.install()
except additions.EmulatorChanged as error:
    print(error)
`);

    expect(said).toMatch(/^additions\.s3_bucket relies on _delete_bucket of ministack\.services\.s3/);
  });
});
