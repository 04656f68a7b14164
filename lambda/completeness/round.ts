/** A round through every account and region of a bucket, in as many invocations as it takes. */
import {
  dueUntil,
  NO_TOTALS,
  type RoundMemory,
  type RoundTotals,
  SERIES_AT_ONCE,
  type SeriesMemory,
} from '../../contract/completeness-round.ts';
import { tamperedIn } from '../../contract/completeness-sums.ts';
import type { ObjectReference } from '../../contract/object-message.ts';
import { mapBounded } from '../shared/concurrency.ts';
import type { BucketListing } from '../shared/listing/folder-walk.ts';
import { logger } from '../shared/logger.ts';
import type { CheckMemory } from './check-memory.ts';
import type { CheckWindow } from './digest-observations.ts';
import { logFindings } from './finding-log.ts';
import { KnownAccounts } from './known-accounts.ts';
import type { CompletenessServices } from './ports.ts';
import { addBehind, addSeries } from './round-totals.ts';
import { checkSeries, type SeriesOutcome } from './series-check.ts';
import { seriesOf, type TrailAccount, walkAccounts } from './series-discovery.ts';

export interface RoundServices {
  readonly listing: BucketListing;
  readonly services: CompletenessServices;
  readonly memory: Pick<
    CheckMemory,
    | 'recallRound'
    | 'rememberRound'
    | 'recallSeries'
    | 'rememberSeries'
    | 'recallAccounts'
    | 'rememberAccounts'
    | 'recallRegions'
    | 'rememberRegions'
  >;
  readonly queue: (objects: readonly ObjectReference[]) => Promise<void>;
  /** Key prefixes of trails that are known. */
  readonly prefixes: readonly string[];
  /** Called at once when something is found to be tampered with. */
  readonly tellTampered: (count: number) => void;
  readonly hasTime: () => boolean;
  readonly now: () => Date;
}

type Round = NonNullable<RoundMemory['round']>;

const HOUR_MS = 3_600_000;
/** Of what was delivered in the first hour, a part was delivered before anything was forwarded. */
const FORWARDED_AFTER_MS = HOUR_MS;
/** How often the whole bucket is searched for trails that nobody knows of. */
const SEARCH_EVERY_MS = 24 * HOUR_MS;
/** Folders that a search looks into. A bucket may hold anything besides logs. */
const MAXIMUM_SEARCHED = 10_000;

/**
 * Goes on with the round under way, or begins one if an hour has become due since the last.
 *
 * A region that cannot be checked holds nobody up: it is told in the log, and what is due there grows older, which is
 * what the alarm goes by.
 *
 * @returns what is remembered from now on; `last` is the last round that is complete.
 * @throws whatever keeps the bucket itself from being looked at.
 */
export async function goRound(context: RoundServices): Promise<RoundMemory> {
  const { memory, now } = context;
  const before = (await memory.recallRound()) ?? firstMemory(now());
  const round = before.round ?? nextRound(before, now());
  if (round === undefined) {
    await memory.rememberRound(before);
    return before;
  }
  const known = new KnownAccounts(await memory.recallAccounts());
  const after = await walk({ ...before, round }, round, known, context);
  await memory.rememberAccounts(known.memory);
  await memory.rememberRound(after);
  return after;
}

function firstMemory(now: Date): RoundMemory {
  return { since: new Date(now.getTime() + FORWARDED_AFTER_MS).toISOString(), foundPrefixes: [] };
}

function nextRound({ since, last, searchedAt }: RoundMemory, now: Date): Round | undefined {
  const to = dueUntil(now);
  if (to <= new Date(last?.to ?? since)) {
    return undefined;
  }
  const everywhere = searchedAt === undefined || now.getTime() - Date.parse(searchedAt) >= SEARCH_EVERY_MS;
  return { to: to.toISOString(), everywhere, searched: 0, foundPrefixes: [], totals: NO_TOTALS };
}

async function walk(
  before: RoundMemory,
  begun: Round,
  known: KnownAccounts,
  context: RoundServices,
): Promise<RoundMemory> {
  const { listing, hasTime, now } = context;
  const prefixes = [...context.prefixes, ...before.foundPrefixes];
  let round = begun;
  for await (const { position, account } of walkAccounts(listing, {
    prefixes,
    everywhere: round.everywhere,
    from: round.resumeAt,
  })) {
    round = { ...round, resumeAt: position };
    if (!hasTime()) {
      return { ...before, round };
    }
    if (account !== undefined) {
      const { totals, isDone } = await checkAccount(account, before, round, context);
      round = { ...noteFound(round, account, prefixes, position.start), totals };
      if (!isDone) {
        return { ...before, round };
      }
      known.visit(account, new Date(round.to));
    } else if (position.start === '') {
      round = { ...round, searched: round.searched + 1 };
      if (round.searched > MAXIMUM_SEARCHED) {
        logger.warn('The bucket has more folders than are searched for trails', { bucket: listing.bucket });
        break;
      }
    }
  }
  const vanished = await checkVanished(before, round, known, context);
  round = { ...round, totals: vanished.totals };
  if (!vanished.isDone) {
    return { ...before, round };
  }
  const { to, everywhere, foundPrefixes, totals } = round;
  logger.info('The bucket has been checked', { bucket: listing.bucket, to, ...totals });
  return {
    since: before.since,
    foundPrefixes: [...before.foundPrefixes, ...foundPrefixes],
    searchedAt: everywhere ? now().toISOString() : before.searchedAt,
    last: { to, endedAt: now().toISOString(), totals },
  };
}

function noteFound(round: Round, { prefix }: TrailAccount, known: readonly string[], start: string): Round {
  const { foundPrefixes } = round;
  return start !== '' || known.includes(prefix) || foundPrefixes.includes(prefix)
    ? round
    : { ...round, foundPrefixes: [...foundPrefixes, prefix] };
}

/** Accounts of which nothing is in the bucket any more: their silence is told until their trails are taken to be gone. */
async function checkVanished(
  before: RoundMemory,
  round: Round,
  known: KnownAccounts,
  context: RoundServices,
): Promise<AccountPart> {
  let { totals } = round;
  for (const account of known.missedBy(new Date(round.to))) {
    if (!context.hasTime()) {
      return { totals, isDone: false };
    }
    const part = await checkAccount(account, before, { ...round, totals }, context);
    totals = part.totals;
    if (!part.isDone) {
      return { totals, isDone: false };
    }
    if (part.regions === 0) {
      known.forget(account);
    }
  }
  return { totals, isDone: true };
}

interface AccountPart {
  readonly totals: RoundTotals;
  /** `false` where time ran out. */
  readonly isDone: boolean;
}

/** The regions of one account. Where time runs out, those that are done are passed over next time. */
async function checkAccount(
  account: TrailAccount,
  { since }: RoundMemory,
  { to, totals }: Round,
  context: RoundServices,
): Promise<AccountPart & { readonly regions: number }> {
  const { listing, memory } = context;
  const window = { from: new Date(since), to: new Date(to) };
  const listed = await seriesOf(listing, account);
  const vanished = ((await memory.recallRegions(account))?.regions ?? [])
    .filter((region) => !listed.some((series) => series.region === region))
    .map((region) => ({ bucket: listing.bucket, ...account, region }));
  if (vanished.length > 0) {
    logger.warn('Regions that are known are not in the bucket any more', {
      ...account,
      regions: vanished.map(({ region }) => region),
    });
  }
  const parts = await mapBounded([...listed, ...vanished], SERIES_AT_ONCE, async (series) => ({
    region: series.region,
    ...(await checkOne({ ...window, series }, context)),
  }));
  const isDone = parts.every((part) => part.isDone);
  const regions = parts
    .filter(({ hasTrails }, index) => index < listed.length || hasTrails)
    .map(({ region }) => region);
  if (isDone) {
    await memory.rememberRegions(account, { regions });
  }
  return { totals: parts.reduce((sum, { add }) => add(sum), totals), isDone, regions: regions.length };
}

interface SeriesPart {
  readonly add: (totals: RoundTotals) => RoundTotals;
  /** `false` where time ran out. */
  readonly isDone: boolean;
  /** Whether it is known, or cannot be said now, that trails write to it. */
  readonly hasTrails: boolean;
}

const unchanged: SeriesPart['add'] = (totals) => totals;

async function checkOne(window: CheckWindow, context: RoundServices): Promise<SeriesPart> {
  const { series, from, to } = window;
  const { memory, services, queue, hasTime, now } = context;
  if (!hasTime()) {
    return { add: unchanged, isDone: false, hasTrails: true };
  }
  let checkedUntil = from.toISOString();
  try {
    const remembered = await memory.recallSeries(series);
    checkedUntil = remembered?.checkedUntil ?? checkedUntil;
    if (remembered !== undefined && new Date(checkedUntil) >= to) {
      // Counted already, by the invocation before this one.
      return { add: unchanged, isDone: true, hasTrails: hasTrails(remembered) };
    }
    const outcome = await checkSeries({ window, memory: remembered, services, queue, hasTime, now: now() });
    // Told first: what is told twice, after a crash, is better than what is never told.
    tellSeries(outcome, context);
    await memory.rememberSeries(series, outcome.memory);
    return {
      add: (totals) => addSeries(totals, outcome),
      isDone: outcome.stopped !== 'OutOfTime',
      hasTrails: hasTrails(outcome.memory),
    };
  } catch (error) {
    logger.error('A region could not be checked', { series, to, error: error as Error });
    return { add: (totals) => addBehind(totals, checkedUntil), isDone: true, hasTrails: true };
  }
}

function hasTrails({ position, gaps }: SeriesMemory): boolean {
  return position.chains.length + gaps.length > 0;
}

function tellSeries({ result, gaps, stopped }: SeriesOutcome, { tellTampered }: RoundServices): void {
  logFindings(result);
  const tampered = tamperedIn(result);
  if (tampered > 0) {
    tellTampered(tampered);
  }
  for (const gap of gaps.forgotten) {
    logger.error('A file was never acknowledged, and is forgotten now', { gap });
  }
  if (gaps.letGo > 0) {
    logger.error(
      'Files were never acknowledged, and are forgotten now: too many to be remembered one by one',
      {
        series: result.series,
        forgotten: gaps.letGo,
      },
    );
  }
  if (stopped === 'TooManyGaps') {
    logger.error('A region has too many gaps: its check waits until some are closed', {
      series: result.series,
      gaps: gaps.count,
    });
  }
}
