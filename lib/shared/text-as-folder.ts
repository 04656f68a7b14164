import { Fn } from 'aws-cdk-lib';

/** In no name or prefix: marks the end of a text that is looked for there. */
const END = '|';

/**
 * A text with exactly the one slash at its end that it has or lacks, by what CloudFormation's functions can do:
 * a mark is put to the end; where it follows a slash both are cut off, else the mark alone; and a slash is added.
 */
export function textAsFolder(text: string): string {
  const withoutSlash = Fn.select(0, Fn.split(`/${END}`, `${text}${END}`));
  return `${Fn.select(0, Fn.split(END, withoutSlash))}/`;
}
