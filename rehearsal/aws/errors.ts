/** Something that the machine lacks. The message says what, and how to get it; whoever only wanted to test may skip. */
export class MissingPrerequisite extends Error {
  override readonly name = 'MissingPrerequisite';
}

/** The local AWS was to be had, but did not start, answer or stop as it should. */
export class LocalAwsFailure extends Error {
  override readonly name = 'LocalAwsFailure';
}
