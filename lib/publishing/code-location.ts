import { CfnCondition, CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import {
  AWS_REGION_PATTERN,
  CODE_BUCKET_PATTERN,
  CODE_PARAMETERS,
  KEY_PREFIX_PATTERN,
  MAXIMUM_BUCKET_NAME_LENGTH,
  MAXIMUM_KEY_PREFIX_LENGTH,
} from '../../contract/publishing.ts';
import { textAsFolder } from '../shared/text-as-folder.ts';

/** Where templates and code are published to. */
export interface PublishedTo {
  readonly bucket: string;
  /** With or without a slash at its end; may be empty. */
  readonly prefix: string;
  /** AWS region of the bucket. */
  readonly region: string;
}

/** Where a deployment finds its code: tokens. */
export interface CodeLocation {
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  readonly region: string;
}

/** Declares the parameters that say where the code is, in a group of their own; the defaults are where it was published to. */
export function codeLocation(stack: Stack, publishedTo: PublishedTo): CodeLocation {
  const bucket = new CfnParameter(stack, CODE_PARAMETERS.bucketName, {
    description: 'Bucket that this template and the code of its functions were published to.',
    default: publishedTo.bucket,
    allowedPattern: CODE_BUCKET_PATTERN,
    maxLength: MAXIMUM_BUCKET_NAME_LENGTH,
    constraintDescription: 'Letters, digits and hyphens, with no hyphen at either end.',
  });
  const prefix = new CfnParameter(stack, CODE_PARAMETERS.keyPrefix, {
    description: 'Folder in that bucket, with or without a slash at its end. Empty if there is none.',
    default: publishedTo.prefix,
    allowedPattern: KEY_PREFIX_PATTERN,
    maxLength: MAXIMUM_KEY_PREFIX_LENGTH,
    constraintDescription: `At most ${MAXIMUM_KEY_PREFIX_LENGTH} letters, digits, hyphens, dots and slashes.`,
  });
  const region = new CfnParameter(stack, CODE_PARAMETERS.bucketRegion, {
    description: 'AWS region of that bucket. It need not be the region of this stack.',
    default: publishedTo.region,
    allowedPattern: AWS_REGION_PATTERN,
    constraintDescription: 'The code of an AWS region, such as us-east-1.',
  });
  addParameterGroup(stack, 'Where the code comes from (keep the defaults)', Object.values(CODE_PARAMETERS));

  const prefixGiven = new CfnCondition(stack, 'CodeKeyPrefixGiven', {
    expression: Fn.conditionNot(Fn.conditionEquals(prefix.valueAsString, '')),
  });
  return {
    bucket: bucket.valueAsString,
    prefix: Fn.conditionIf(prefixGiven.logicalId, textAsFolder(prefix.valueAsString), '').toString(),
    region: region.valueAsString,
  };
}

/** Adds to what the console shows, below what the stack has declared itself. */
function addParameterGroup(stack: Stack, label: string, Parameters: readonly string[]): void {
  const key = 'AWS::CloudFormation::Interface';
  const { metadata = {} } = stack.templateOptions;
  const declared = metadata[key] ?? {};
  const group = { Label: { default: label }, Parameters };
  stack.templateOptions.metadata = {
    ...metadata,
    [key]: { ...declared, ParameterGroups: [...(declared.ParameterGroups ?? []), group] },
  };
}
