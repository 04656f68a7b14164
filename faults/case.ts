import type { FORWARDING_METRICS } from '../contract/metrics.ts';
import type { Bundles } from './bundles.ts';
import type { Verdict } from './verdict.ts';
import type { World, WorldOptions } from './world.ts';

export type MetricName = (typeof FORWARDING_METRICS)[keyof typeof FORWARDING_METRICS];

/** What is said of a case. */
export interface CaseTold {
  /** `group/what-happens` */
  readonly name: string;
  /** What goes wrong. */
  readonly injected: string;
  /** What must come of it. */
  readonly expected: string;
}

/** A case that can be carried out, whatever it is about. */
export interface Trial extends CaseTold {
  readonly carryOut: (bundles: Bundles['paths']) => Promise<Verdict>;
}

/** One fault, and what must become of the files that meet it. */
export interface FaultCase extends CaseTold {
  /** Arranges the fault, has the files forwarded, and says what it finds wrong beside what is always checked. */
  readonly run: (world: World) => Promise<void> | Promise<readonly string[]>;
  /** Reasons of the dead letters, one each. @default none */
  readonly deadLetters?: readonly string[];
  /** The most events that may arrive again, where at-least-once cannot avoid it. @default 0 */
  readonly duplicates?: number;
  /** Whether a repetition may come under another key. @default false */
  readonly otherKeys?: boolean;
  /** Metrics that must show it, each above 0. */
  readonly visible?: readonly MetricName[];
  readonly options?: Partial<WorldOptions>;
}
