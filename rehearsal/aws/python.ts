import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MissingPrerequisite } from './errors.ts';

const run = promisify(execFile);

/** A Python interpreter that can make virtual environments. */
export interface Python {
  readonly command: string;
  /** `3.12`, say. */
  readonly version: string;
}

// The plain name first: it is what the user's other tools use. The others help where it is an old one (macOS: 3.9).
const commands = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const oldestMinor = 10;

const probe = [
  'import json, sys',
  'def has(name):',
  '    try: __import__(name)',
  '    except ImportError: return False',
  '    return True',
  'print(json.dumps({"major": sys.version_info[0], "minor": sys.version_info[1],',
  '                  "venv": has("venv") and has("ensurepip")}))',
].join('\n');

interface Probed {
  readonly command: string;
  readonly major: number;
  readonly minor: number;
  readonly venv: boolean;
}

/**
 * Finds a Python of at least 3.10 with the modules `venv` and `ensurepip`.
 *
 * @throws MissingPrerequisite naming what is missing: Python, a newer one, or Debian's split-off venv package.
 */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const probed = (await Promise.all(commands.map((command) => ask(command, environment)))).filter(
    (answer) => answer !== undefined,
  );
  const recent = probed.filter(({ major, minor }) => major === 3 && minor >= oldestMinor);
  const usable = recent.find(({ venv }) => venv);
  if (usable) return { command: usable.command, version: versionOf(usable) };
  throw new MissingPrerequisite(whatIsMissing(probed[0], recent[0]));
}

async function ask(command: string, environment: NodeJS.ProcessEnv): Promise<Probed | undefined> {
  try {
    const { stdout } = await run(command, ['-I', '-c', probe], { env: environment, timeout: 20_000 });
    return { command, ...(JSON.parse(stdout) as Omit<Probed, 'command'>) };
  } catch {
    // Not there, or a stub that only offers to install it (macOS): the next name may do.
    return undefined;
  }
}

function whatIsMissing(found: Probed | undefined, recent: Probed | undefined): string {
  const purpose = 'The local AWS (the Python program MiniStack) needs';
  if (recent) {
    return `${purpose} Python's venv module, which ${recent.command} (${versionOf(recent)}) does not have. On Debian and Ubuntu: apt install python${versionOf(recent)}-venv. Or set AWS_ENDPOINT_URL to an AWS emulator that already runs.`;
  }
  const have = found
    ? `, and ${found.command} is ${versionOf(found)}`
    : ', and there is no python3 on the path';
  return `${purpose} Python 3.${oldestMinor} or newer${have}. Install it (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python3), or set AWS_ENDPOINT_URL to an AWS emulator that already runs.`;
}

const versionOf = ({ major, minor }: Probed): string => `${major}.${minor}`;
