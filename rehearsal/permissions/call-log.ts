/** The recorder's log: one AWS call of a function a line. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const call = z.object({
  time: z.iso.datetime(),
  /** AWS_LAMBDA_FUNCTION_NAME of the process. */
  function: z.string(),
  /** As the request was signed for: `secretsmanager`, `s3`, `monitoring`. */
  service: z.string(),
  region: z.string(),
  method: z.string(),
  host: z.string(),
  /** With the query string. */
  path: z.string(),
  /** Of the headers, those that tell the operation or the permissions it needs; names in lower case. */
  headers: z.record(z.string(), z.string()),
  /** Of the body, the members that name a resource; nothing else of it is kept but what follows. */
  parameters: z.record(z.string(), z.string()),
  /** The tables of a DynamoDB batch. */
  tables: z.array(z.string()).optional(),
  /** Partition keys of the items that a DynamoDB call is about, of a batch not. */
  leadingKeys: z.array(z.string()).optional(),
  /** What a multi-object delete deletes. */
  objects: z.array(z.object({ key: z.string(), versionId: z.string().optional() })).optional(),
  /** HTTP status; null when there was no answer. */
  status: z.number().int().nullable(),
});

/** The recorder itself failed, so that a call may be missing. */
const failure = z.object({ time: z.iso.datetime(), function: z.string(), failure: z.string() });

export type RecordedCall = Readonly<z.infer<typeof call>>;
export type RecorderFailure = Readonly<z.infer<typeof failure>>;

export interface CallLog {
  readonly calls: readonly RecordedCall[];
  readonly failures: readonly RecorderFailure[];
}

/** The log holds something that the recorder does not write. */
export class CallLogError extends Error {
  override readonly name = 'CallLogError';
}

/**
 * What the local AWS needs in its environment for its functions' calls to be recorded.
 *
 * @param path the log file: absolute, since each function runs in a folder of its own
 */
export function recordingEnvironment(path: string): Record<string, string> {
  const recorder = fileURLToPath(new URL('recorder.cjs', import.meta.url));
  // Node.js reads NODE_OPTIONS with these two escapes: https://nodejs.org/api/cli.html#node_optionsoptions
  const quoted = `"${recorder.replaceAll(/["\\]/g, '\\$&')}"`;
  return { NODE_OPTIONS: `--require ${quoted}`, TRAILBRIDGE_CALL_LOG: path };
}

/**
 * Reads a log. A file that does not exist is the log of no calls.
 *
 * @throws CallLogError when a line is not one of the recorder's
 */
export async function readCallLog(path: string): Promise<CallLog> {
  const lines = (await textOf(path)).split('\n').filter((line) => line !== '');
  const calls: RecordedCall[] = [];
  const failures: RecorderFailure[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = z.union([call, failure]).safeParse(jsonOf(line));
    if (!entry.success)
      throw new CallLogError(`Line ${index + 1} of ${path} is not the recorder's: ${entry.error.message}`);
    if ('failure' in entry.data) failures.push(entry.data);
    else calls.push(entry.data);
  }
  return { calls, failures };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // The recorder creates the file with the first call.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Reported with its line number by the caller, as anything else that does not fit.
    return undefined;
  }
}
