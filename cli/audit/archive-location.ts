/** Where the archive is that a command looks into: the deployed one, a bucket, or a folder. */
import { stat } from 'node:fs/promises';
import { S3Client } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { DERIVED_PREFIX } from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS } from '../../contract/archive-parameters.ts';
import { FolderObjectStore } from '../../lambda/archive/store/folder-object-store.ts';
import type { ObjectStore } from '../../lambda/archive/store/object-store.ts';
import { S3ObjectStore } from '../../lambda/archive/store/s3-object-store.ts';
import { S3_READING_PATIENCE } from '../../lambda/shared/aws-patience.ts';
import { type AwsOptions, clientConfiguration, type DeployedStack, describeStack } from '../aws.ts';
import { UserError } from '../errors.ts';

/** What `addArchiveOption` adds, beside the options of every command that talks to AWS. */
export interface ArchiveOptions extends AwsOptions {
  /** Absent for the deployed one. */
  readonly archive?: string;
}

/** The two buckets, and where in them, or in a folder, their objects are. */
const PARTS = {
  raw: { output: ARCHIVE_OUTPUTS.rawBucket, prefix: 'raw/' },
  derived: { output: ARCHIVE_OUTPUTS.derivedBucket, prefix: DERIVED_PREFIX },
} as const;

export type ArchivePart = keyof typeof PARTS;

/** Of the archive's stack, where `--stack` is not given. */
export const ARCHIVE_STACK = 'AuditArchive';

/** @param part the commands that look into the raw records, or into what is derived of them. */
export function addArchiveOption(command: Command, part: ArchivePart = 'raw'): Command {
  return command.option(
    '--archive <place>',
    `a folder with ${PARTS[part].prefix}…, or s3://<${part} bucket> (default: that of the stack, --stack, which is ${ARCHIVE_STACK} here)`,
  );
}

/** The options of a command of the group `audit`: the stack, where none is named, is the archive's. */
export function archiveOptionsOf<Options extends ArchiveOptions>(given: Command, program: Command): Options {
  const options = given.optsWithGlobals<Options>();
  return program.getOptionValueSource('stack') === 'default' ? { ...options, stack: ARCHIVE_STACK } : options;
}

/** An archive that is looked into. */
export interface OpenArchive {
  readonly store: ObjectStore;
  /** The deployed stack that it is of; `undefined` for a bucket or a folder. */
  readonly stack: DeployedStack | undefined;
}

/**
 * Opens a part of the archive for reading. A place that is named has to hold something of the part: an empty answer from a
 * wrong folder would look like one of an archive in which nothing happened.
 *
 * @throws UserError where there is no such folder or stack, nothing of the part is in the place that is named, or AWS cannot be
 *   asked.
 */
export async function openArchive(
  part: ArchivePart,
  options: ArchiveOptions,
  signal?: AbortSignal,
): Promise<OpenArchive> {
  const archive = await openPlace(part, options, signal);
  if (archive.stack === undefined) {
    await requireContent(part, archive.store);
  }
  return archive;
}

/**
 * As `openArchive`, whatever the place holds: for who misses what is looked for, and says so.
 *
 * @throws UserError where there is no such folder or stack, or AWS cannot be asked.
 */
export async function openPlace(
  part: ArchivePart,
  options: ArchiveOptions,
  signal?: AbortSignal,
): Promise<OpenArchive> {
  const { archive } = options;
  if (archive === undefined) {
    const stack = await describeStack(options);
    const bucket = archiveOutput(stack, PARTS[part].output, options);
    return { store: inS3(bucket, { ...options, region: stack.region }, signal), stack };
  }
  const bucket = /^s3:\/\/(?<bucket>[^/]+)\/?$/.exec(archive)?.groups?.bucket;
  const store = bucket === undefined ? await inFolder(part, archive) : inS3(bucket, options, signal);
  return { store, stack: undefined };
}

async function requireContent(part: ArchivePart, store: ObjectStore): Promise<void> {
  const { prefix } = PARTS[part];
  const { done } = await store.list(prefix)[Symbol.asyncIterator]().next();
  if (done === true) {
    throw new UserError(
      `There is nothing below ${prefix} in ${store.place}: it is no archive, or nothing is in it yet. ` +
        `Give --archive the folder that ${prefix} lies in, or s3://<${part} bucket>.`,
    );
  }
}

/** @throws UserError where the stack does not have the output. */
export function archiveOutput(stack: DeployedStack, output: string, { stack: name }: AwsOptions): string {
  const value = stack.output(output);
  if (value === null) {
    throw new UserError(
      `The stack "${name}" (${stack.status}) has no output ${output}: it is no audit archive, or ` +
        "is not deployed completely. Name the archive's stack with --stack, or its place with --archive.",
    );
  }
  return value;
}

function inS3(bucket: string, options: AwsOptions, signal: AbortSignal | undefined): ObjectStore {
  // A bucket that is named may be in another region than the profile's.
  const configuration = {
    ...S3_READING_PATIENCE,
    ...clientConfiguration(options),
    followRegionRedirects: true,
  };
  return new S3ObjectStore({ s3: new S3Client(configuration), bucket, signal });
}

async function inFolder(part: ArchivePart, folder: string): Promise<ObjectStore> {
  if (folder.startsWith('s3://')) {
    throw new UserError(`"${folder}" names more than a bucket: give s3://<${part} bucket>.`);
  }
  try {
    if ((await stat(folder)).isDirectory()) {
      return new FolderObjectStore(folder);
    }
  } catch (error) {
    throw new UserError(`The archive cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  throw new UserError(`The archive cannot be read: "${folder}" is not a folder.`);
}
