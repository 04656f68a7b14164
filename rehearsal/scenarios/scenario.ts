import type { Before } from '../aftermath.ts';
import type { Found } from '../findings.ts';
import type { Corpus } from '../input/corpus.ts';
import type { RehearsalOptions } from '../options.ts';
import type { PolicyState } from '../permissions/proof.ts';
import type { Progress } from '../progress.ts';
import type { Stage } from '../stage.ts';
import type { VendorStep } from '../steps.ts';
import type { Tenant } from '../vendors/simulator.ts';

/**
 * A story that a rehearsal plays. Every scenario has the same frame: the stage is set, the account
 * bootstrapped, and how things stand is noted before it; afterwards, whatever happened, what is left is
 * compared with that, and each call of a function with its role.
 *
 * A scenario is told in acts (`rehearsal/acts/`): deploy, forward, destroy, and what it has of its own.
 */
export interface Scenario {
  readonly name: string;
  /** One line, for `--help`. */
  readonly about: string;
  /** Options that the story leaves no choice of. */
  readonly requires?: Partial<Pick<RehearsalOptions, 'destination' | 'existingBucket'>>;
  /** The stack that the story is of, where it is not Cloud One's. */
  readonly stack?: OtherStack;
  /** Where the existing bucket is. @default the region of the stack */
  readonly bucketRegion?: string;
  /** Nothing is synthesized or bootstrapped: the scenario needs no CDK, and publishes. @default false */
  readonly withoutCdk?: boolean;
  /** Parameters of the first deployment, beside those that the options ask for. */
  readonly parameters?: Parameters;
  /** What must be there before the deployment, beside the bootstrap. It counts as the user's own. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** From the first deployment to where the stack may go. What it throws is reported, and the end still comes. */
  readonly play: (rehearsal: Rehearsal) => Promise<void>;
  /** How the stack goes. @default `cdk destroy` */
  readonly end?: (rehearsal: Rehearsal) => Promise<void>;
}

/** A stack of the product's beside that of Cloud One. */
export interface OtherStack {
  /** Its template's name, too. */
  readonly name: string;
  /** What it is deployed with, beside what every stack is. */
  readonly parametersOf: (tenant: Tenant) => Parameters;
  /** Calls to vendors that its creation makes. */
  readonly vendorSteps: readonly VendorStep[];
  /** Makes what its creation needs to find; returns what takes that away again. */
  readonly prepare: (stage: Stage) => Promise<() => Promise<void>>;
  /** Commands to look at it with while `--keep` keeps it up. */
  readonly lookWith: readonly string[];
}

/** What the acts play with. */
export interface Rehearsal {
  readonly stage: Stage;
  readonly progress: Progress;
  readonly options: RehearsalOptions;
  readonly corpus: Corpus;
  /** What the first deployment is given. */
  readonly parameters: Parameters;
  /** How things stood before it. */
  readonly before: Before;
  /** What has been found out so far: acts add to it, and a problem here fails the rehearsal. */
  readonly found: Found;
  /** What the functions were permitted, once for every state of the stack: see `noteDeployed`. */
  readonly policies: PolicyState[];
  /** Ids of AWS resources that must still be there at the end: what the product retains. */
  readonly retained: Set<string>;
  /** With `--keep`: waits, with everything up, until the user has seen enough. */
  readonly intermission: (outputs: Readonly<Record<string, string>>) => Promise<void>;
}

/** Values of the stack's parameters, by name. */
export type Parameters = Readonly<Record<string, string>>;

/** What a rehearsal is given to play. */
export interface RehearsalInput extends Pick<Rehearsal, 'options' | 'corpus' | 'intermission'> {
  readonly scenario: Scenario;
  readonly startedAt: Date;
}
