/** Size and start of each Lambda function's bundle. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { BUNDLING } from '../lib/shared/bundling.ts';
import { environmentOf } from './archive/environment.ts';
import { BenchProcessError } from './processes.ts';
import type { Placement } from './processor.ts';
import { medianOf } from './statistics.ts';

export interface FunctionFigures {
  /** The handler's file below `lambda/`, without its ending. */
  readonly name: string;
  readonly bundleBytes: number;
  /** Milliseconds from before to after `require` of the bundle in a fresh process; median. */
  readonly initMs: number;
}

const LAMBDA_FOLDER = fileURLToPath(new URL('../lambda/', import.meta.url));
const HANDLER = /-handler\.ts$/;
const STARTS = 5;
const PRINT_INIT_MS =
  'const start = performance.now(); require(process.argv[1]); console.log(performance.now() - start)';
/** What handlers parse when they are loaded; any values that pass. */
const ENVIRONMENT = {
  ...environmentOf({ awsUrl: 'http://127.0.0.1', vendorsUrl: 'http://127.0.0.1' }),
  REPORTS: '[]',
  MAIL_FROM: '',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:topic',
  AWS_REGION: 'us-east-1',
  DESTINATION: 'CloudOne',
  DESTINATION_URL: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
  DESTINATION_API_VERSION: 'v1',
  DESTINATION_TOKEN_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:benchmark',
  STACK_NAME: 'Benchmark',
  CLOUD_ONE_API_KEY_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:key',
  SERVICE_TOKEN_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:token',
  CLOUD_ONE_REGION: 'us-1',
  STACK_ACCOUNT_ID: '111122223333',
  STACK_REGION: 'us-east-1',
  SERVICE_URL: 'https://cloudtrail.us-1.cloudone.trendmicro.com',
  SERVICE_API_VERSION: 'v1',
  LEDGER_TABLE: 'ledger',
  BUCKET_NAME: 'trail-logs',
  BUCKET_REGION: 'us-east-1',
  BUCKET_ACCOUNT_ID: '111122223333',
  STACK_ID: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Benchmark/id',
  REPAIR: 'false',
  TRAIL_PREFIXES: '[]',
  QUEUE_URL: 'http://127.0.0.1/queue',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1/queue',
  FORWARDING_QUEUE_URL: 'http://127.0.0.1/queue',
  LATE_OBJECTS_QUEUE_URL: 'http://127.0.0.1/queue',
  MAXIMUM_TRIES: '5',
  VERSION: '0.0.0',
  TRAIL_ARNS: '[]',
  QUEUE_NAME: 'queue',
  EVENT_DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1/queue',
  LATE_OBJECTS_DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1/queue',
};

/** @param folder where the bundles go. */
export function measureFunctions(folder: string, { measured }: Placement): FunctionFigures[] {
  const handlers = readdirSync(LAMBDA_FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
    HANDLER.test(file),
  );
  return handlers.sort().map((handler) => {
    const name = handler.replace(HANDLER, '');
    const bundle = join(folder, `${basename(name)}.js`);
    buildSync({ ...BUNDLING, entryPoints: [join(LAMBDA_FOLDER, handler)], outfile: bundle });
    const starts = Array.from({ length: STARTS }, () => initMs(bundle, measured));
    return { name, bundleBytes: statSync(bundle).size, initMs: medianOf(starts) };
  });
}

function initMs(bundle: string, measured: readonly string[]): number {
  const [command = '', ...args] = [...measured, process.execPath, '-e', PRINT_INIT_MS, bundle];
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...ENVIRONMENT },
  });
  if (status !== 0) {
    // The bundle is one long line, which Node.js quotes before the message.
    throw new BenchProcessError(`${basename(bundle)} cannot be loaded: ${stderr.slice(-2_000)}`);
  }
  return Number(stdout);
}
