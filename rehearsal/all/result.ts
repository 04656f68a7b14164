import type { RehearsalReport } from '../report.ts';

/** What came of one rehearsal: the shape of an entry of `.rehearsal/all.json`. */
export interface Result {
  /** The arguments to `npm start -- …` that rehearse it alone. */
  readonly name: string;
  readonly kind: 'course' | 'failing deployment';
  readonly ok: boolean;
  readonly seconds: number;
  /** Why it is not ok; empty where it is. */
  readonly problems: readonly string[];
  /** What was left, in AWS and at the vendors: empty where it is ok. */
  readonly residue: { readonly aws: readonly string[]; readonly vendors: readonly string[] };
  /** How the deployment failed, where it was made to. */
  readonly failure: Pick<NonNullable<RehearsalReport['failure']>, 'stackStatus' | 'message'> | null;
}
