/** The destination refuses files; when that is mended, they are redriven. */
import { OUTPUTS } from '../../contract/parameters.ts';
import type { FileFlow } from '../file-flow.ts';
import { type InputFile, isForwarded } from '../input/corpus.ts';
import { command, expectThat, type Outputs, waitForMessages } from '../operator.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';

const REASON = 'DestinationRefused';

interface RedriveResult {
  readonly found: Readonly<Record<string, number>>;
  readonly chosen: number;
  readonly moved: number;
}

export async function redriveRefused(
  rehearsal: Rehearsal,
  flow: FileFlow,
  outputs: Outputs,
  files: readonly InputFile[],
): Promise<void> {
  const { stage, progress } = rehearsal;
  const deadLetterQueueUrl = outputs[OUTPUTS.deadLetterQueueUrl] ?? '';
  const forwarded = files.filter(isForwarded).length;
  await progress.phase('forward', 'redriving what was refused (trailbridge redrive)', async () => {
    stage.simulator.setFaults([{ method: 'POST', host: '*', path: '/api/logs', status: 400, body: {} }]);
    const poisonBefore = flow.put.poison.size;
    await flow.into(outputs[OUTPUTS.bucketName] ?? '', files);
    await waitForMessages(stage, deadLetterQueueUrl, poisonBefore + forwarded);
    stage.simulator.setFaults([]);

    const shown = await command<RedriveResult>(stage, ['redrive', '--dry-run']);
    const refused = shown.found[REASON] ?? 0;
    expectThat(rehearsal, refused > 0 && shown.moved === 0, `The dry run shows ${JSON.stringify(shown)}.`);
    const first = await command<RedriveResult>(stage, ['redrive', '--reason', REASON, '--limit', '1']);
    const rest = await command<RedriveResult>(stage, ['redrive', '--reason', REASON]);
    expectThat(
      rehearsal,
      first.moved === 1 && rest.moved === refused - 1,
      `${first.moved} and ${rest.moved} of ${refused} refused files were moved.`,
    );
    await flow.arrive((arrived, of) => progress.detail('forward', `${arrived} of ${of} events arrived …`));
    const left = await command<RedriveResult>(stage, ['redrive', '--dry-run']);
    expectThat(
      rehearsal,
      (left.found[REASON] ?? 0) === 0,
      `Refused files are still dead-lettered: ${JSON.stringify(left.found)}.`,
    );
  });
}
