/** Exit statuses of the command line tool; documented in the README. */
export const EXIT = {
  ok: 0,
  /** It ran, and what it looked at is not as it should be, or could not be reached. */
  failed: 1,
  /** The command line itself is wrong: nothing was done. */
  usage: 2,
  /** `completeness`: files that were delivered, and are not forwarded. */
  gaps: 3,
  /** `completeness`: digests or files that were changed, deleted or replaced. */
  tampered: 4,
  /** `completeness --strict`: nothing is known to be lacking, but a part of the time is not proven. */
  unproven: 5,
  /** `audit show`: the archive holds no such event. */
  notFound: 6,
  /** The user has interrupted it: as shells say of a process that SIGINT has ended. */
  interrupted: 130,
} as const;

/** Something that the user can put right. Its message is shown as it is, without a stack trace. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** The command line contradicts itself, in a way that Commander cannot see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** There is no such stack; or no credentials, or no region, to ask AWS for it with. */
export class NoStackError extends UserError {
  override readonly name = 'NoStackError';
}
