import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditRecord } from './audit.ts';
import { type AuditSettings, parseAuditSettings } from './audit-settings.ts';
import { CallLog, type LoggedCall } from './call-log.ts';
import { control } from './control.ts';
import { type Delivery, deliver, needsRealAnswer } from './fault-answer.ts';
import { type Fault, FaultInjector, type FaultState, parseFaults } from './faults.ts';
import type { Service } from './router.ts';
import type { Seed } from './seed.ts';
import { close, type Incoming, listen } from './server.ts';
import type { RevokedTokens } from './service-tokens.ts';
import { checkedTenant, defaultTenant, type Tenant } from './tenant.ts';
import { createWorld, type World, type WorldState } from './world.ts';

export type { AuditRecord } from './audit.ts';
export type { AuditSettings } from './audit-settings.ts';
export type { Fault, FaultState } from './faults.ts';
export type { Seed } from './seed.ts';
export type { Tenant } from './tenant.ts';

export interface SimulatorOptions {
  /** On 127.0.0.1. @default a free port */
  readonly port?: number;
  /** @default the machine's clock */
  readonly now?: () => Date;
  /** @default an obviously simulated customer in us-1 and us */
  readonly tenant?: Partial<Tenant>;
  /** The status request at which a Vision One registration turns `connected`. @default 2 */
  readonly connectedAfterPolls?: number;
  /** The age in milliseconds at which it does so unasked. @default never */
  readonly connectedAfterMs?: number;
  /** Services of others, behind the same address and under the same faults; their state is their own. */
  readonly neighbours?: readonly Service[];
  /** What the sources of audit logs hold and how they behave, from the start and after a reset. */
  readonly audit?: AuditSettings;
}

/** Everything there is to see, without any secret. Times are milliseconds since the epoch. */
export interface SimulatorState extends WorldState {
  /** The last 2,000 calls, oldest first. */
  readonly calls: readonly LoggedCall[];
  readonly faults: readonly FaultState[];
}

export interface Simulator {
  /** `http://127.0.0.1:PORT`; a vendor's host and path go behind it: `<url>/<host>/<path>`. */
  readonly url: string;
  readonly tenant: Tenant;
  state(): SimulatorState;
  /**
   * Forgets everything: registrations, deliveries, tokens, calls and faults.
   * @param tenant what is to differ from the tenant that the simulator was started with
   * @param seed registrations that exist from the start
   */
  reset(tenant?: Partial<Tenant>, seed?: Seed): void;
  /** Replaces the faults; an empty list clears them. */
  setFaults(faults: readonly Fault[]): void;
  /** Changes how the sources of audit logs behave, and adds to what they hold. What is not given stays. */
  setAudit(settings: AuditSettings): void;
  /** Every audit record that a vendor holds, by vendor. IBM Cloud's are in its bucket. */
  auditRecords(): Generator<AuditRecord, void, undefined>;
  /** Revokes CloudTrail service tokens issued so far, and says how many. @default all */
  revokeServiceTokens(which?: RevokedTokens): number;
  /** A further API key of the same Cloud One account, as a person makes one who rotates it. */
  issueApiKey(): string;
  /** Revokes API keys, and says how many. */
  revokeApiKeys(which: RevokedTokens): number;
  /** Cuts every connection, hanging ones included, and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts the simulated vendors on 127.0.0.1.
 * @throws InvalidInput for an unusable tenant, or the system's error if the port is taken
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, now = () => new Date(), connectedAfterPolls = 2, connectedAfterMs } = options;
  const pace = { connectedAfterPolls, connectedAfterMs };
  const startTenant = { ...defaultTenant, ...options.tenant };
  const fresh = (tenant: Partial<Tenant> = {}, seed?: Seed): Rehearsed => ({
    world: createWorld(
      checkedTenant({ ...startTenant, ...tenant }),
      now,
      pace,
      seed,
      options.neighbours,
      options.audit,
    ),
    faults: new FaultInjector(),
    calls: new CallLog(),
  });
  let current = fresh();

  const controls = {
    state: () => ({
      ...current.world.state(),
      calls: current.calls.last(),
      faults: current.faults.state(),
    }),
    reset: (tenant?: Partial<Tenant>, seed?: Seed) => {
      current = fresh(tenant, seed);
    },
    setFaults: (faults: unknown) => current.faults.set(parseFaults(faults)),
    revokeServiceTokens: (which: RevokedTokens = 'all') => current.world.revokeServiceTokens(which),
    tally: () => current.world.tally,
    setAudit: (settings: unknown) => current.world.configureAudit(parseAuditSettings(settings)),
    auditRecords: () => current.world.auditRecords(),
  };

  const { url, server } = await listen(async (incoming) => {
    if (incoming.host === '_sim') {
      return control(controls, { ...incoming, body: await incoming.readBody() });
    }
    return rehearse(current, incoming, now);
  }, port);

  return {
    url,
    get tenant() {
      return current.world.tenant;
    },
    state: controls.state,
    reset: controls.reset,
    setFaults: controls.setFaults,
    setAudit: (settings) => current.world.configureAudit(settings),
    auditRecords: controls.auditRecords,
    revokeServiceTokens: controls.revokeServiceTokens,
    issueApiKey: () => current.world.apiKeys.issue(),
    revokeApiKeys: (which) => current.world.apiKeys.revoke(which),
    close: () => close(server),
  };
}

/** What a reset replaces as a whole, so that a call still under way cannot leave a trace in what comes after. */
interface Rehearsed {
  readonly world: World;
  readonly faults: FaultInjector;
  readonly calls: CallLog;
}

/** One call to a vendor: the real answer, or what a fault makes of it. */
async function rehearse(
  { world, faults, calls }: Rehearsed,
  incoming: Incoming,
  now: () => Date,
): Promise<Delivery> {
  const { method, host, path } = incoming;
  const struck = faults.strike({ method, host, path });
  const delivery = struck
    ? await underFault(struck.fault, world, incoming)
    : ({ kind: 'whole', reply: await perform(world, incoming) } as const);
  const status = 'reply' in delivery ? delivery.reply.status : 0;
  calls.add({ at: now().getTime(), method, host, path, status, ...(struck && { fault: struck.label }) });
  return delivery;
}

async function underFault(fault: Fault, world: World, incoming: Incoming): Promise<Delivery> {
  const pause = sleep.bind(undefined, fault.delayMs ?? 0, undefined, { ref: false });
  if (!fault.afterEffect) {
    await pause();
    // At once: a connection that breaks while the request is being sent.
    if (fault.action === 'reset') return { kind: 'reset' };
  }
  const real = needsRealAnswer(fault) ? await perform(world, incoming) : await skipBody(incoming);
  if (fault.afterEffect) await pause();
  return deliver(fault, incoming.path, real);
}

async function perform(world: World, incoming: Incoming) {
  return world.answer({ ...incoming, body: await incoming.readBody() });
}

/** Reads the body for the caller's sake, who would otherwise be stuck sending it. */
async function skipBody(incoming: Incoming): Promise<undefined> {
  await incoming.readBody();
}
