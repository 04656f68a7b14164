/** Something that exists in the account. */
export interface AwsResource {
  /** CloudFormation's name of the type: `AWS::S3::Bucket`. */
  readonly type: string;
  /** An ARN where names repeat from region to region, or a name. */
  readonly id: string;
  /** What else a reader wants to know: a stack's status, how many objects a bucket holds. */
  readonly detail?: string;
  /** AWS removes it by itself after a waiting period: keys and secrets. */
  readonly pendingDeletion?: true;
}
