import type { Failure } from './stack-watch.ts';
import type { Stage } from './stage.ts';

/** A step of a deployment that can be made to fail. */
export interface Step {
  /** As `--fail-at` names it. */
  readonly id: string;
  /**
   * Makes it fail from now on.
   *
   * @throws StageError where the stage's AWS cannot be told to.
   */
  arm(stage: Pick<Stage, 'aws' | 'simulator' | 'failingCreation'>): void;
  /** Lets it succeed again: the roll-back has begun, and what it needs must work. */
  disarm(stage: Pick<Stage, 'simulator' | 'failingCreation'>): void;
  /** Whether a user would know from this failure which step it was, and why. */
  isNamedBy(failure: Failure): boolean;
}
