import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  AWS_REGION_PATTERN,
  CODE_BUCKET_PATTERN,
  KEY_PREFIX_PATTERN,
  MAXIMUM_BUCKET_NAME_LENGTH,
  MAXIMUM_KEY_PREFIX_LENGTH,
} from '../contract/publishing.ts';

/** What is published where, as given on the command line. */
export interface PublishOptions {
  /** Folder that is written, to be uploaded; absolute. */
  readonly out: string;
  readonly bucket: string;
  /** With or without a slash at its end; may be empty. */
  readonly prefix: string;
  readonly bucketRegion: string;
}

const MINIMUM_BUCKET_NAME_LENGTH = 3;

/** Parses `npm run publish:templates -- …`. Commander explains what is wrong with an argument, and exits. */
export function parseOptions(argv: readonly string[]): PublishOptions {
  return new Command('npm run publish:templates --')
    .description(
      "Writes what is uploaded to a bucket for launching Trailbridge from the CloudFormation console: templates, the functions' " +
        'code, launch.json and launch.html. It uploads nothing itself, and needs no account.',
    )
    .requiredOption('--out <dir>', 'folder to write; empty, or written by this command before', folder)
    .requiredOption('--bucket <name>', 'bucket that it will be uploaded to', bucketName)
    .addOption(
      new Option('--prefix <prefix>', 'folder in that bucket, with or without a slash at its end')
        .default('', 'none')
        .argParser(keyPrefix),
    )
    .addOption(
      new Option('--bucket-region <region>', 'AWS region of that bucket')
        .default('us-east-1')
        .argParser(awsRegion),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ npm run publish:templates -- --out published --bucket my-templates --prefix trailbridge/v1
  $ npm run publish:templates -- --out published --bucket my-templates --bucket-region eu-central-1`,
    )
    .showHelpAfterError('(see npm run publish:templates -- --help)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(argv, { from: 'user' })
    .opts<PublishOptions>();
}

function folder(text: string): string {
  if (text.trim() === '') {
    throw new InvalidArgumentError('Name a folder.');
  }
  return resolve(text);
}

function bucketName(text: string): string {
  const { length } = text;
  if (!new RegExp(CODE_BUCKET_PATTERN).test(text)) {
    throw new InvalidArgumentError(
      "A bucket's name is letters, digits and hyphens, with no hyphen at either end.",
    );
  }
  if (length < MINIMUM_BUCKET_NAME_LENGTH || length > MAXIMUM_BUCKET_NAME_LENGTH) {
    throw new InvalidArgumentError(
      `A bucket's name has ${MINIMUM_BUCKET_NAME_LENGTH} to ${MAXIMUM_BUCKET_NAME_LENGTH} characters; this has ${length}.`,
    );
  }
  return text;
}

function keyPrefix(text: string): string {
  if (!new RegExp(KEY_PREFIX_PATTERN).test(text)) {
    throw new InvalidArgumentError('A prefix is letters, digits, hyphens, dots and slashes.');
  }
  if (text.length > MAXIMUM_KEY_PREFIX_LENGTH) {
    throw new InvalidArgumentError(
      `A prefix has at most ${MAXIMUM_KEY_PREFIX_LENGTH} characters; this has ${text.length}.`,
    );
  }
  const withoutLastSlash = text.replace(/\/$/, '');
  if (text !== '' && withoutLastSlash.split('/').some((folderName) => /^\.{0,2}$/.test(folderName))) {
    throw new InvalidArgumentError(
      "Browsers shorten URLs with empty, '.' or '..' folders: leave them out of the prefix, and the slash before it.",
    );
  }
  return text;
}

function awsRegion(text: string): string {
  if (!new RegExp(AWS_REGION_PATTERN).test(text)) {
    throw new InvalidArgumentError('An AWS region is given by its code, such as us-east-1.');
  }
  return text;
}
