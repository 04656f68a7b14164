/** The processes around a measurement. None outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FORWARDER_NODE_OPTIONS } from '../contract/forwarding.ts';
import type { Placement } from './processor.ts';
import type { WorkOrder, WorkReport } from './work-order.ts';

/** A process ended without doing what it was started for. */
export class BenchProcessError extends Error {
  override readonly name = 'BenchProcessError';
}

const STAND_INS = fileURLToPath(new URL('stand-ins/main.ts', import.meta.url));

export interface StandIns {
  /** Base URL. */
  readonly url: string;
  stop(): void;
}

/** @param folder see stand-ins/main.ts */
export async function startStandIns(folder: string, { surroundings }: Placement): Promise<StandIns> {
  const child = start([...surroundings, process.execPath, STAND_INS, folder], process.env);
  const { port } = await messageOf<{ port: number }>(child, 'The stand-ins');
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}

/** Runs one case in a process of its own, whose memory is therefore that of the case alone. */
export async function runWorker(
  worker: string,
  order: WorkOrder,
  { measured }: Placement,
): Promise<WorkReport> {
  const child = start([...measured, process.execPath, worker], {
    PATH: process.env.PATH,
    NODE_OPTIONS: FORWARDER_NODE_OPTIONS,
    AWS_ENDPOINT_URL: order.standIns,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'benchmark',
    AWS_SECRET_ACCESS_KEY: 'benchmark',
    POWERTOOLS_SERVICE_NAME: 'Forwarder',
  });
  child.send(order);
  return await messageOf<WorkReport>(child, `The process that measures ${order.bucket}`);
}

/** Standard output is the functions' log: written, as in Lambda, but of no interest here. */
function start([command = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env });
}

async function messageOf<T>(child: ChildProcess, what: string): Promise<T> {
  const ended = once(child, 'exit').then(([status]) => {
    throw new BenchProcessError(`${what} ended with status ${status}; what it said stands above.`);
  });
  // Once the message is there, its end is expected.
  ended.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message as T;
}
