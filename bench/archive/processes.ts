/** The processes of the archive's benchmark. None outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { AuditSource } from '../../contract/archive.ts';
import { BenchProcessError } from '../processes.ts';
import type { Placement } from '../processor.ts';
import type { FunctionReply, FunctionRequest, SurroundingsReply, SurroundingsRequest } from './protocol.ts';

const SURROUNDINGS = fileURLToPath(new URL('surroundings.ts', import.meta.url));
const FUNCTION = fileURLToPath(new URL('function.ts', import.meta.url));
/** As Lambda's: what a function of the archive has at most. */
const TIMEOUT_MS = 900_000;

type ReplyOf<Kind extends SurroundingsReply['kind']> = Extract<SurroundingsReply, { readonly kind: Kind }>;

/** AWS and the vendors. */
export class Surroundings {
  readonly #child: ChildProcess;
  readonly awsUrl: string;
  readonly vendorsUrl: string;

  private constructor(child: ChildProcess, { aws, vendors }: ReplyOf<'ready'>) {
    this.#child = child;
    this.awsUrl = aws;
    this.vendorsUrl = vendors;
  }

  static async start({ surroundings }: Placement): Promise<Surroundings> {
    const [command = '', ...args] = [...surroundings, process.execPath, SURROUNDINGS];
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    return new Surroundings(child, await messageOf<ReplyOf<'ready'>>(child, 'The stand-ins'));
  }

  async tally(): Promise<ReplyOf<'tally'>> {
    return (await this.#request({ kind: 'tally' })) as ReplyOf<'tally'>;
  }

  /** @param source all of them, where none is given. */
  async floor(source?: AuditSource): Promise<ReplyOf<'floor'>> {
    return (await this.#request({ kind: 'floor', ...(source && { source }) })) as ReplyOf<'floor'>;
  }

  async fill(fill: Extract<SurroundingsRequest, { kind: 'fill' }>['fill']): Promise<void> {
    await this.#request({ kind: 'fill', fill });
  }

  stop(): void {
    this.#child.kill();
  }

  async #request(request: SurroundingsRequest): Promise<SurroundingsReply> {
    this.#child.send(request);
    return await messageOf<SurroundingsReply>(this.#child, 'The stand-ins');
  }
}

/** What a function logs, as far as it is looked at. */
export interface LogLine {
  readonly message?: string;
  readonly caughtUp?: boolean;
  readonly archived?: number;
}

/** A function's process, in which nothing else is. */
export class MeasuredFunction {
  readonly #child: ChildProcess;
  readonly #what: string;
  readonly #closed: Promise<unknown>;
  /** Everything that was logged. */
  readonly lines: LogLine[] = [];

  constructor(bundle: string, environment: Readonly<Record<string, string>>, { measured }: Placement) {
    const [command = '', ...args] = [...measured, process.execPath, FUNCTION, bundle];
    this.#what = `The process of ${bundle}`;
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, ...environment },
    });
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    // Not `close` of the process, which waits for the channel of messages, too.
    this.#closed = Promise.all([once(this.#child, 'exit'), once(lines, 'close')]);
    lines.on('line', (line) => {
      if (line.startsWith('{')) {
        this.lines.push(JSON.parse(line) as LogLine);
      }
    });
  }

  /** @throws BenchProcessError where the handler throws, so that no time is told of what was not done. */
  async invoke(): Promise<FunctionReply> {
    this.#child.send({ timeoutMs: TIMEOUT_MS } satisfies FunctionRequest);
    const reply = await messageOf<FunctionReply>(this.#child, this.#what);
    if (reply.error !== undefined) {
      throw new BenchProcessError(`${this.#what} failed: ${reply.error}`);
    }
    return reply;
  }

  async stop(): Promise<void> {
    if (this.#child.connected) {
      this.#child.disconnect();
    }
    await this.#closed;
  }
}

async function messageOf<T>(child: ChildProcess, what: string): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(([status]) => {
    throw new BenchProcessError(`${what} ended with status ${status}; what it said stands above.`);
  });
  // Once the message is there, its end is expected.
  ended.catch(() => undefined);
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message as T;
  } finally {
    over.abort();
  }
}
