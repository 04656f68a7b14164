/** Everything around the archive's functions in one case. */
import { setTimeout as wait } from 'node:timers/promises';
import { environmentOf } from '../../bench/archive/environment.ts';
import { BUCKETS, SECRETS } from '../../bench/archive/protocol.ts';
import type { AuditSource } from '../../contract/archive.ts';
import { type Simulator, startSimulator } from '../../rehearsal/vendors/simulator.ts';
import { SimulatedClock } from '../clock.ts';
import { type Ending, FunctionProcess } from '../function-process.ts';
import { CallerGone } from '../moments.ts';
import { ArchiveAwsStandIn } from '../stand-ins/archive-aws.ts';
import { VendorsProxy } from '../stand-ins/vendors-proxy.ts';
import { type ArchiveCallKind, type CallMoment, Calls } from './calls.ts';
import { type Held, heldOf } from './held.ts';

export type ArchiveFunction = AuditSource | 'derivation';

export interface ArchiveWorldOptions {
  /** Those that are collected. @default all */
  readonly sources: readonly AuditSource[];
  /** See `SimulatedClock`. */
  readonly timeScale: number;
  /** By how much the vendors' clocks are ahead of ours, in milliseconds. */
  readonly vendorsAheadMs: number;
  /** Whether AppDynamics is asked with tokens, and not with a password. */
  readonly withTokens: boolean;
  /** Paths of bundles. */
  readonly bundles: Readonly<Record<ArchiveFunction, string>>;
}

/** What the functions have stored. */
export interface Stored {
  readonly objects: readonly (readonly [bucket: string, key: string, body: Buffer])[];
  readonly items: ArchiveAwsStandIn['table']['items'];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Lambda's longest, and the template's. */
const FUNCTION_TIMEOUT_MS = 15 * MINUTE_MS;
/** After that, the lease of a run that was killed is over. */
const LEASE_OVER_MS = FUNCTION_TIMEOUT_MS + MINUTE_MS;
/** Events of a source, and the time that they are of. */
const EVENTS = 30;
const SPAN_MS = 3 * HOUR_MS;
/** More runs are not needed after anything. */
const MOST_RUNS = 8;
/** Real milliseconds that a line which was logged is waited for: pipes are slower than messages. */
const LINE_PATIENCE_MS = 2_000;

export class ArchiveWorld {
  readonly options: ArchiveWorldOptions;
  readonly clock: SimulatedClock;
  readonly calls = new Calls();
  readonly aws: ArchiveAwsStandIn;
  readonly simulator: Simulator;
  /** What the functions logged. */
  readonly lines: string[] = [];
  /** Of runs that threw. */
  readonly errors: string[] = [];
  runs = 0;
  readonly #vendors: VendorsProxy;
  readonly #held = new Map<AuditSource, string[]>();
  /** By name; a second one of the same function has a name of its own. */
  readonly #functions = new Map<string, FunctionProcess>();
  #spans = 0;

  private constructor(options: ArchiveWorldOptions, clock: SimulatedClock, simulator: Simulator) {
    this.options = options;
    this.clock = clock;
    this.simulator = simulator;
    this.aws = new ArchiveAwsStandIn(Object.values(BUCKETS), () => clock.now());
    this.#vendors = new VendorsProxy({
      vendorsUrl: simulator.url,
      now: () => this.vendorsNow,
      onCall: async (moment) => {
        await this.calls.come(moment, 'vendor call');
      },
    });
    for (const moment of ['before', 'after'] as const) {
      // IBM Cloud's bucket is behind its vendor's calls.
      this.aws[moment] = async (call) =>
        call.bucket === BUCKETS.ibm ? undefined : await this.calls.come(moment, call.operation, call);
    }
  }

  static async start(options: ArchiveWorldOptions): Promise<ArchiveWorld> {
    const clock = new SimulatedClock(options.timeScale);
    const now = () => new Date(clock.now() + options.vendorsAheadMs);
    const world = new ArchiveWorld(options, clock, await startSimulator({ now }));
    await Promise.all([world.aws.server.start(), world.#vendors.server.start()]);
    const { tenant } = world.simulator;
    world.aws.secrets.set(SECRETS.cloudone, tenant.cloudOneApiKey);
    world.aws.secrets.set(
      SECRETS.appdynamics,
      options.withTokens ? tenant.appDynamicsApiClientSecret : tenant.appDynamicsPassword,
    );
    world.aws.secrets.set(SECRETS.ibmcloud, `${tenant.ibmAccessKeyId}:${tenant.ibmSecretAccessKey}`);
    world.simulator.setAudit({ ibmcloud: { upstream: { url: world.aws.server.url } } });
    return world;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((fn) => fn.stop()));
    await Promise.all([this.aws.server.stop(), this.#vendors.server.stop(), this.simulator.close()]);
  }

  get vendorsNow(): number {
    return this.clock.now() + this.options.vendorsAheadMs;
  }

  /** Of the stand-ins themselves. */
  get defects(): readonly string[] {
    return [...this.aws.server.defects, ...this.#vendors.server.defects];
  }

  get deaths(): number {
    return [...this.#functions.values()].reduce((sum, { deaths }) => sum + deaths, 0);
  }

  /** Has each source hold some more events, of the last hours by its clock. @param spanMs @default three hours */
  fill(spanMs = SPAN_MS): void {
    for (const source of this.options.sources) {
      this.#spans += 1;
      const to = this.vendorsNow - MINUTE_MS;
      const span = { seed: `faults ${this.#spans}`, count: EVENTS, from: to - spanMs, to };
      this.#hold(source, heldOf(source, span, this.simulator.tenant));
    }
  }

  /** The texts of all that a source holds. */
  heldBy(source: AuditSource): readonly string[] {
    return this.#held.get(source) ?? [];
  }

  /** One run. @param at two of one function can run at once, if they have different names. */
  async run(name: ArchiveFunction, at = 'one'): Promise<Ending> {
    this.runs += 1;
    const ending = await this.#functionOf(name, at).invoke(`run-${this.runs}`, {}, FUNCTION_TIMEOUT_MS);
    if (ending.kind === 'error') {
      this.errors.push(`${name}: ${ending.error}`);
    }
    return ending;
  }

  /** Kills the function when the moment of its n-th call of a kind comes. */
  killAt(name: ArchiveFunction, moment: CallMoment, kind: ArchiveCallKind, n: number): void {
    this.calls.on(moment, kind, ({ number }) => {
      if (number === n) {
        this.#functionOf(name, 'one').kill();
        throw new CallerGone();
      }
      return undefined;
    });
  }

  skip(ms: number): void {
    this.clock.skipTo(this.clock.now() + ms);
  }

  /** Until after any lease is over. */
  skipLease(): void {
    this.skip(LEASE_OVER_MS);
  }

  /** Runs everything, undisturbed, until all is collected and derived. */
  async settle(): Promise<void> {
    this.calls.calm();
    this.simulator.setFaults([]);
    for (const source of this.options.sources) {
      await this.#runUntil(source, async (linesBefore) => await this.#hasCaughtUp(source, linesBefore));
    }
    await this.#runUntil('derivation', async () => this.staleHours === 0);
  }

  get staleHours(): number {
    return [...this.aws.table.items.values()].filter(({ pk }) => pk?.S?.startsWith('stale#')).length;
  }

  /** For `restore`. */
  stored(): Stored {
    const objects = [BUCKETS.raw, BUCKETS.derived].flatMap((bucket) =>
      [...this.aws.bucket(bucket).entries()].map(([key, body]) => [bucket, key, body] as const),
    );
    return { objects, items: new Map(this.aws.table.items) };
  }

  /** Everything is as it was then, and nothing has been called. */
  restore({ objects, items }: Stored): void {
    for (const name of [BUCKETS.raw, BUCKETS.derived]) {
      const bucket = this.aws.bucket(name);
      for (const [key] of [...bucket.entries()]) {
        bucket.delete(key);
      }
    }
    for (const [bucket, key, body] of objects) {
      this.aws.bucket(bucket).store(key, body);
    }
    this.aws.table.items.clear();
    for (const [key, item] of items) {
      this.aws.table.items.set(key, item);
    }
    this.calls.beginAnew();
  }

  #hold(source: AuditSource, { events, objects }: Held): void {
    const texts = this.#held.get(source) ?? [];
    this.#held.set(source, [...texts, ...events.map(({ text }) => text)]);
    if (source !== 'ibmcloud') {
      this.simulator.setAudit({ [source]: { events: events.map((event) => ({ ...event, delayMs: 0 })) } });
    }
    for (const { key, body } of objects) {
      this.aws.bucket(BUCKETS.ibm).store(key, body);
    }
  }

  async #runUntil(name: ArchiveFunction, isDone: (linesBefore: number) => Promise<boolean>): Promise<void> {
    for (let runs = 0; runs < MOST_RUNS; runs += 1) {
      const linesBefore = this.lines.length;
      const { kind } = await this.run(name);
      if (kind === 'answer' && (await isDone(linesBefore))) {
        return;
      }
      this.skipLease();
    }
    throw new Error(`${name} is not done after ${MOST_RUNS} runs`);
  }

  async #hasCaughtUp(source: AuditSource, linesBefore: number): Promise<boolean> {
    for (let waited = 0; waited < LINE_PATIENCE_MS; waited += 10) {
      const told = this.lines
        .slice(linesBefore)
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as { readonly source?: string; readonly caughtUp?: boolean })
        .find((line) => line.source === source && line.caughtUp !== undefined);
      if (told !== undefined) {
        return told.caughtUp === true;
      }
      await wait(10);
    }
    return false;
  }

  #functionOf(name: ArchiveFunction, at: string): FunctionProcess {
    const fn =
      this.#functions.get(`${name} ${at}`) ??
      new FunctionProcess({
        bundle: this.options.bundles[name],
        environment: this.#environment(),
        clock: this.clock,
        onLine: (line) => this.lines.push(line),
      });
    this.#functions.set(`${name} ${at}`, fn);
    return fn;
  }

  #environment(): Record<string, string> {
    const urls = { awsUrl: this.aws.server.url, vendorsUrl: this.#vendors.server.url };
    const { appDynamicsApiClient, appDynamicsAccount } = this.simulator.tenant;
    const withTokens = {
      AUTHENTICATION: 'oauth',
      PRINCIPAL: `${appDynamicsApiClient}@${appDynamicsAccount}`,
    };
    return {
      ...environmentOf(urls),
      STACK_NAME: 'Faults',
      POWERTOOLS_SERVICE_NAME: 'Archive',
      ...(this.options.withTokens ? withTokens : {}),
    };
  }
}
