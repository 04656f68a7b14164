/** What a rehearsal finds out on its way, and the report that is made of it, however far it came. */
import { availableParallelism } from 'node:os';
import cdkPackage from 'aws-cdk/package.json' with { type: 'json' };
import type { RehearsalReport, UpdateReport } from './report.ts';
import type { RehearsalInput } from './scenarios/scenario.ts';
import type { Stage } from './stage.ts';
import { NOTHING_HELD } from './vendor-holdings.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Everything of the report but what can be told at once, or is worked out at the end. */
export type Found = Mutable<
  Omit<
    RehearsalReport,
    'updates' | 'completeness' | 'audit' | 'ok' | 'seconds' | 'startedAt' | 'options' | 'environment'
  >
> & {
  problems: string[];
  updates: UpdateReport[];
  audit: Mutable<RehearsalReport['audit']>;
  completeness: Mutable<NonNullable<RehearsalReport['completeness']>> | null;
};

export function nothingFound(): Found {
  return {
    problems: [],
    stacks: [],
    input: { files: 0, notLogFiles: 0, events: 0, bytes: 0 },
    delivered: { events: 0, missing: 0, duplicates: 0, altered: 0, missingIds: [], duplicateIds: [] },
    filtered: {},
    deadLettered: [],
    latencyMs: { p50: 0, p95: 0, max: 0, samples: [] },
    updates: [],
    tokenRotation: null,
    completeness: null,
    audit: { sources: [], answers: [], reports: [], mail: null },
    vendor: { registered: NOTHING_HELD, afterDestroy: NOTHING_HELD },
    residue: { checked: false, aws: [], vendors: [], retained: [] },
    bucketNotification: null,
    failure: null,
    permissions: null,
    deployer: null,
  };
}

export function reportOf(
  found: Found,
  stage: Stage,
  {
    options,
    scenario,
    corpus,
    startedAt,
  }: Pick<RehearsalInput, 'options' | 'scenario' | 'corpus' | 'startedAt'>,
  seconds: RehearsalReport['seconds'],
): RehearsalReport {
  return {
    ok: found.problems.length === 0,
    startedAt: startedAt.toISOString(),
    options: {
      input: corpus.name,
      destination: options.destination,
      existingBucket: options.existingBucket,
      scenario: scenario.name,
      failAt: options.failAt ?? null,
    },
    environment: {
      localAws: `${stage.aws.provider.name} ${stage.aws.provider.version}`,
      node: process.version,
      cdk: cdkPackage.version,
      platform: `${process.platform}-${process.arch}`,
      processors: availableParallelism(),
    },
    seconds,
    ...found,
  };
}
