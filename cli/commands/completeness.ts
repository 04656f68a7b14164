import type { Command } from 'commander';
import type { CompletenessResult } from '../../contract/completeness.ts';
import type { AwsOptions } from '../aws.ts';
import type { CommandContext } from '../command-context.ts';
import { checkBucket, type Selection } from '../completeness/check.ts';
import { completenessText } from '../completeness/text.ts';
import { gravestOf } from '../completeness/verdict.ts';
import { EXIT } from '../errors.ts';
import { addLogFileOptions, beginning, end } from '../options.ts';
import { ProgressLine } from '../progress-line.ts';

export interface CompletenessOptions extends AwsOptions, Selection {
  readonly requeue?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

export function addCompletenessCommand({ program, output, streams, finish }: CommandContext): void {
  const command = program
    .command('completeness')
    .description('Proves, by the digests that CloudTrail signs, that every log file was forwarded')
    .option(
      '--from <time>',
      'beginning, such as 2026-03-01 or 2026-03-01T10:00Z (default: a day before the end)',
      beginning,
    )
    .option(
      '--to <time>',
      'end; a day is included (default: two hours ago, for digests come hourly, and late)',
      end,
    );
  addLogFileOptions(command)
    .option(
      '--prefix <prefix>',
      "only the trail with this key prefix; spares the search for others' prefixes",
    )
    .option('--requeue', 'queue what was not forwarded')
    .option('--strict', `exit with ${EXIT.unproven} where a part of the time is not proven`)
    .addHelpText(
      'after',
      `
It reads the digests and the ledger itself, with your credentials, and changes nothing unless --requeue is given.
The deployed stack does the same every hour, queues what it finds, and raises an alarm for what remains.

Verdicts, and what it exits with:
  PROVEN     0  all that CloudTrail delivered in that time was forwarded, byte by byte
  UNPROVEN   0  nothing is known to be lacking, but no digest speaks for a part of the time (${EXIT.unproven} with --strict)
  GAPS       ${EXIT.gaps}  files that were not forwarded
  TAMPERED   ${EXIT.tampered}  digests or log files that were changed, deleted or replaced
(${EXIT.failed}: it could not be checked; ${EXIT.usage}: the command line is wrong.)

Needs s3:ListBucket, s3:ListBucketVersions, s3:GetObject and s3:GetObjectVersion on the bucket, kms:Decrypt on its key,
dynamodb:GetItem and dynamodb:BatchGetItem on the ledger, cloudtrail:ListPublicKeys, cloudformation:DescribeStacks;
sqs:SendMessage for --requeue.

Examples:
  $ npx trailbridge completeness
  $ npx trailbridge completeness --from 2026-03-01 --to 2026-03-07 --account 111122223333
  $ npx trailbridge completeness --from 2026-03-01 --requeue
  $ npx trailbridge completeness --json | jq '.[] | select(.verdict != "Proven")'`,
    )
    .action(async (_options: object, given: Command) => {
      const options = given.optsWithGlobals<CompletenessOptions>();
      const progress = new ProgressLine(streams, options.json === true);
      const { bucket, span, results, queued } = await checkBucket(options, output(), progress);
      output().result(results, (all) => completenessText({ bucket, span, results: all, queued }));
      finish(exitStatusOf(results, options.strict === true));
    });
}

export function exitStatusOf(results: readonly CompletenessResult[], strict: boolean): number {
  switch (gravestOf(results)) {
    case 'Tampered':
      return EXIT.tampered;
    case 'Gaps':
      return EXIT.gaps;
    case 'Unproven':
      return strict ? EXIT.unproven : EXIT.ok;
    case 'Proven':
      return EXIT.ok;
  }
}
