/** Rehearses a course in a process of its own, just as `npm start -- …` does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AUDIT_COPIES } from '../acts/archive-report.ts';
import type { RehearsalReport } from '../report.ts';
import type { Course } from './plan.ts';
import type { Result } from './result.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** A hang must not last as long as the caller's patience. */
const TIME_LIMIT_MS = 20 * 60_000;
const REPORT = { json: 'report.json', page: 'report.html' } as const;

let running: ChildProcess | undefined;

/**
 * @param outputFolder where a rehearsal writes its report; a copy and the output are kept below `all/`.
 */
export async function rehearseCourse({ name, kind, args }: Course, outputFolder: string): Promise<Result> {
  const startedAt = performance.now();
  const kept = join(outputFolder, 'all', args.length === 0 ? 'default' : args.join(' ').replace(/^-+/, ''));
  await mkdir(kept, { recursive: true });
  // A report of an earlier rehearsal must not pass for this one's.
  await rm(join(outputFolder, REPORT.json), { force: true });
  const exitStatus = await run(args, join(kept, 'output.log'));
  const seconds = (performance.now() - startedAt) / 1000;
  const report = await readReport(join(outputFolder, REPORT.json));
  if (report === undefined) {
    const problem = `It ended without a report (exit status ${exitStatus}); see ${join(kept, 'output.log')}.`;
    return { name, kind, ok: false, seconds, problems: [problem], residue: NOTHING, failure: null };
  }
  for (const file of Object.values(REPORT)) {
    await copyFile(join(outputFolder, file), join(kept, file));
  }
  await rm(join(kept, AUDIT_COPIES), { recursive: true, force: true });
  if (report.audit.reports.length > 0) {
    // What the page links to.
    await cp(join(outputFolder, AUDIT_COPIES), join(kept, AUDIT_COPIES), { recursive: true });
  }
  const { problems, residue } = report;
  return {
    name,
    kind,
    ok: report.ok && exitStatus === 0,
    seconds,
    problems,
    residue: { aws: residue.aws, vendors: residue.vendors },
    failure: null,
  };
}

/** Has the course that is under way end, and everything that it started. */
export function stopCourse(): void {
  running?.kill('SIGTERM');
}

const NOTHING: Result['residue'] = { aws: [], vendors: [] };

async function run(args: readonly string[], log: string): Promise<number | null> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches it by way of `stopCourse` only.
    detached: true,
    timeout: TIME_LIMIT_MS,
  });
  running = child;
  const output = createWriteStream(log);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const exitStatus = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  running = undefined;
  output.end();
  return exitStatus;
}

async function readReport(file: string): Promise<RehearsalReport | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RehearsalReport;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      // It ended before it had anything to report.
      return undefined;
    }
    throw error;
  }
}
