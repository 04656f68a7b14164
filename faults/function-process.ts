/** A Lambda function in a process of its own, which can be killed at any moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SimulatedClock } from './clock.ts';
import type { InvokeReply, InvokeRequest } from './process/protocol.ts';

/** How an invocation ended. */
export type Ending =
  | { readonly kind: 'answer'; readonly answer: unknown }
  | { readonly kind: 'error'; readonly error: string }
  /** It was killed, or took too long and was. */
  | { readonly kind: 'died' };

export interface FunctionOptions {
  /** The bundle of its handler. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: SimulatedClock;
  /** Told of every line that the function logs. */
  readonly onLine: (line: string) => void;
}

const MAIN = fileURLToPath(new URL('process/main.ts', import.meta.url));

export class FunctionProcess {
  readonly #options: FunctionOptions;
  #child: ChildProcess | undefined;
  #closed: Promise<unknown> = Promise.resolve();
  #deaths = 0;

  constructor(options: FunctionOptions) {
    this.#options = options;
  }

  get deaths(): number {
    return this.#deaths;
  }

  async invoke(requestId: string, event: unknown, timeoutMs: number): Promise<Ending> {
    const { clock } = this.#options;
    const child = this.#child ?? (await this.#start());
    const replied = nextReply(child);
    const over = new AbortController();
    const tooLong = wait(clock.real(timeoutMs), undefined, { signal: over.signal }).then(
      () => {
        this.kill();
        return undefined;
      },
      () => undefined,
    );
    child.send({ requestId, event, now: clock.now(), timeoutMs } satisfies InvokeRequest);
    const reply = await Promise.race([replied, tooLong]);
    over.abort();
    if (reply === undefined || reply.kind === 'ready') {
      this.#bury(child);
      return { kind: 'died' };
    }
    return reply.kind === 'answer'
      ? { kind: 'answer', answer: reply.answer }
      : { kind: 'error', error: reply.error };
  }

  /** SIGKILL: nothing in the process gets to know. */
  kill(): void {
    const child = this.#child;
    child?.kill('SIGKILL');
    this.#bury(child);
  }

  /** Ends the process, and waits until all that it logged is read. */
  async stop(): Promise<void> {
    this.#child?.kill();
    await this.#closed;
  }

  /** As Lambda does, a function that died starts anew with the next invocation. */
  #bury(child: ChildProcess | undefined): void {
    if (child !== undefined && child === this.#child) {
      this.#child = undefined;
      this.#deaths += 1;
    }
  }

  async #start(): Promise<ChildProcess> {
    const { bundle, environment, clock, onLine } = this.#options;
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH,
        FAULTS_BUNDLE: bundle,
        // Each process loads the same code.
        NODE_COMPILE_CACHE: join(dirname(bundle), 'compiled'),
        FAULTS_TIME_SCALE: String(clock.scale),
        ...environment,
      },
    });
    const lines = [child.stdout, child.stderr].map((stream) => {
      const reader = createInterface({ input: stream as NodeJS.ReadableStream });
      reader.on('line', onLine);
      return once(reader, 'close');
    });
    this.#closed = Promise.all([this.#closed, once(child, 'exit'), ...lines]);
    const ready = await nextReply(child);
    if (ready === undefined) {
      throw new Error(`the function's process does not start: ${bundle}`);
    }
    this.#child = child;
    return child;
  }
}

/** `undefined` where the process ends instead. */
async function nextReply(child: ChildProcess): Promise<InvokeReply | undefined> {
  const done = new AbortController();
  try {
    const reply = once(child, 'message', { signal: done.signal }).then(([message]) => message as InvokeReply);
    const end = once(child, 'exit', { signal: done.signal }).then(() => undefined);
    for (const promise of [reply, end]) {
      // The one that is not needed any more is aborted.
      promise.catch(() => undefined);
    }
    return await Promise.race([reply, end]);
  } finally {
    done.abort();
  }
}
