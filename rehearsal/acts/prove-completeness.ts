/** After forwarding: CloudTrail's part is played, and the deployed check has to prove that all arrived. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DeleteItemCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { CompletenessResult } from '../../contract/completeness.ts';
import {
  dueUntil,
  MEMORY_ATTRIBUTE,
  type RoundMemory,
  roundMemoryKey,
  roundMemorySchema,
} from '../../contract/completeness-round.ts';
import { LEDGER_PARTITION_KEY } from '../../contract/ledger.ts';
import { OUTPUTS } from '../../contract/parameters.ts';
import { readLedger } from '../delivery.ts';
import { bucketClients } from '../existing-bucket.ts';
import { type DeliveredDigests, digestsOf } from '../input/delivered-digests.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { physicalIdOf } from '../stack-resources.ts';
import { outputsOf } from '../stack-watch.ts';
import type { Stage } from '../stage.ts';
import { STACK } from './stack.ts';

const TRAILBRIDGE = fileURLToPath(new URL('../../bin/trailbridge.ts', import.meta.url));
/** Documented: files that were not forwarded. */
const GAPS = 3;
const FORWARDED_WITHIN_MS = 30_000;
const POLL_MS = 200;

/**
 * Has CloudTrail's digests of what was forwarded written and signed, and checks them with the deployed function. Then
 * one file is struck out of the ledger: the command line tool must find exactly that gap, and have it forwarded again.
 */
export async function proveCompleteness(rehearsal: Rehearsal): Promise<void> {
  const { stage, progress, options, corpus, found } = rehearsal;
  // The vendor's client keeps no ledger, and an AWS that was given does not know our keys.
  if (options.destination === 'vendorclient' || stage.aws.provider.external) {
    return;
  }
  await progress.phase(
    'forward',
    'proving that nothing is lacking',
    async () => {
      const outputs = await outputsOf(stage.clients, STACK);
      const bucket = outputs[OUTPUTS.bucketName] ?? '';
      const delivered = digestsOf(corpus, bucket, dueUntil(new Date()));
      await deliver(stage, delivered);
      const round = await goRound(stage, outputs, delivered);
      found.completeness = {
        files: round?.totals.files ?? 0,
        digests: round?.totals.digests ?? 0,
        gapClosed: false,
      };
      found.problems.push(...provenProblems(round, delivered));
      found.completeness.gapClosed = await closeGap(rehearsal, delivered, outputs);
      if (!found.completeness.gapClosed) {
        found.problems.push(
          'A file that was struck out of the ledger was not found, or not forwarded again.',
        );
      }
    },
    () => `completeness: ${found.completeness?.files} files in ${found.completeness?.digests} digests proven`,
  );
}

async function deliver(stage: Stage, { digests, publicKeys }: DeliveredDigests): Promise<void> {
  const { s3 } = bucketClients(stage);
  await writeFile(stage.trailPublicKeys, JSON.stringify(publicKeys));
  await Promise.all(
    digests.map(({ bucket, key, body, metadata }) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, Metadata: { ...metadata } })),
    ),
  );
}

/**
 * Calls the function as its schedule does: once when it is new, which finds that nothing is due yet; and once as though
 * it had been there when the digests were made, which has to prove all of them in one round.
 */
async function goRound(
  { clients }: Stage,
  outputs: Readonly<Record<string, string>>,
  { span }: DeliveredDigests,
): Promise<RoundMemory['last']> {
  const FunctionName = await physicalIdOf(clients, STACK, 'AWS::Lambda::Function', /^CompletenessCheck/);
  const memory = {
    TableName: outputs[OUTPUTS.ledgerTable],
    Key: { [LEDGER_PARTITION_KEY]: { S: roundMemoryKey(outputs[OUTPUTS.bucketName] ?? '') } },
  };
  const invoke = async () => {
    const { FunctionError, Payload } = await clients.lambda.send(new InvokeCommand({ FunctionName }));
    if (FunctionError !== undefined) {
      throw new Error(`The completeness check failed: ${Payload?.transformToString()}`);
    }
    const { Item } = await clients.dynamoDb.send(new GetItemCommand(memory));
    return roundMemorySchema.parse(JSON.parse(Item?.[MEMORY_ATTRIBUTE]?.S ?? 'null'));
  };
  const atFirst = await invoke();
  await clients.dynamoDb.send(
    new UpdateItemCommand({
      ...memory,
      UpdateExpression: 'SET #memory = :memory',
      ExpressionAttributeNames: { '#memory': MEMORY_ATTRIBUTE },
      ExpressionAttributeValues: { ':memory': { S: JSON.stringify({ ...atFirst, since: span.from }) } },
    }),
  );
  return (await invoke()).last;
}

function provenProblems(round: RoundMemory['last'], { digests, files, span }: DeliveredDigests): string[] {
  if (round === undefined) {
    return ['The completeness check has not come to the end of its round.'];
  }
  const { to, totals } = round;
  // Should another hour have become due meanwhile, no digest speaks for that.
  const unprovenHours = to === span.to ? totals.unprovenHours : 0;
  const isProven = totals.behind + totals.gaps + totals.tampered + unprovenHours === 0;
  return [
    ...(isProven ? [] : [`The completeness check does not prove everything: ${JSON.stringify(totals)}.`]),
    ...(totals.files === files && totals.digests === digests.length
      ? []
      : [
          `${totals.files} files in ${totals.digests} digests are proven to be forwarded, of ${files} in ${digests.length}.`,
        ]),
  ];
}

async function closeGap(
  { stage }: Rehearsal,
  { span, firstFile }: DeliveredDigests,
  outputs: Readonly<Record<string, string>>,
): Promise<boolean> {
  const table = outputs[OUTPUTS.ledgerTable] ?? '';
  const isFirst = ({ object }: { readonly object: string }) => object.includes(`/${firstFile}#`);
  const struckOut = (await readLedger(stage.clients, table)).find(isFirst);
  await stage.clients.dynamoDb.send(
    new DeleteItemCommand({
      TableName: table,
      Key: { [LEDGER_PARTITION_KEY]: { S: struckOut?.object ?? '' } },
    }),
  );
  const { status, results } = await runCompleteness(stage, span);
  const gaps = results.flatMap(({ findings }) =>
    findings.flatMap((finding) =>
      finding.kind === 'LogFile' && finding.verdict === 'Gap' ? finding.file : [],
    ),
  );
  if (status !== GAPS || gaps.length !== 1 || !gaps[0]?.endsWith(`/${firstFile}`)) {
    return false;
  }
  const until = Date.now() + FORWARDED_WITHIN_MS;
  while (Date.now() < until) {
    const entry = (await readLedger(stage.clients, table)).find(isFirst);
    if (entry?.state === 'acknowledged') {
      return true;
    }
    await wait(POLL_MS);
  }
  return false;
}

function runCompleteness(
  { aws }: Stage,
  { from, to }: DeliveredDigests['span'],
): Promise<{ readonly status: number; readonly results: readonly CompletenessResult[] }> {
  const argv = [
    TRAILBRIDGE,
    '--stack',
    STACK,
    'completeness',
    '--from',
    from,
    '--to',
    to,
    '--requeue',
    '--json',
  ];
  const env = { PATH: process.env.PATH, ...aws.clientEnvironment };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (stdout === '') {
        reject(new Error(`trailbridge completeness said nothing but: ${stderr}`));
      } else {
        resolve({ status: Number(error?.code ?? 0), results: JSON.parse(stdout) });
      }
    });
  });
}
