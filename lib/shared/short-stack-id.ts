import { Aws, Fn } from 'aws-cdk-lib';

/** Eight hexadecimal digits that are the stack's own: the beginning of the UUID in its id. */
export function shortStackId(): string {
  return Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
}
