/** Forwarding is paused while files flow, the stack is updated meanwhile, and resumed. */
import { setTimeout as wait } from 'node:timers/promises';
import { OUTPUTS, PARAMETERS } from '../../contract/parameters.ts';
import { countMessages } from '../delivery.ts';
import type { FileFlow } from '../file-flow.ts';
import type { InputFile } from '../input/corpus.ts';
import { isForwarded } from '../input/corpus.ts';
import { command, expectThat, type Outputs, waitForMessages } from '../operator.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { noteDeployed } from './deploy.ts';
import { cdkDeploy } from './stack.ts';

/** So long nothing may arrive. */
const QUIET_MS = 5_000;

interface PauseResult {
  readonly pausedSince: string;
  readonly wasPaused: boolean;
}

/** @param parts files that are put before the pause, while it begins, and when it has begun. */
export async function pauseAndResume(
  rehearsal: Rehearsal,
  flow: FileFlow,
  outputs: Outputs,
  [before = [], during = [], after = []]: readonly (readonly InputFile[])[],
): Promise<void> {
  const { stage, progress } = rehearsal;
  const bucket = outputs[OUTPUTS.bucketName] ?? '';
  await progress.phase('forward', 'pausing under load (trailbridge pause)', async () => {
    await flow.into(bucket, before);
    let isPausing = true;
    const pausing = command<PauseResult>(stage, ['pause']).finally(() => {
      isPausing = false;
    });
    await Promise.all([pausing, flow.trickle(bucket, during, () => isPausing)]);
    await staysPaused(rehearsal, flow, outputs, after);
    const again = await command<PauseResult>(stage, ['pause']);
    expectThat(
      rehearsal,
      again.wasPaused && again.pausedSince === (await pausing).pausedSince,
      'A second pause has begun anew.',
    );
  });
  await progress.phase('update', 'an update while forwarding is paused', async () => {
    await cdkDeploy(stage, { [PARAMETERS.revision]: 'while-paused' });
    await noteDeployed(rehearsal);
  });
  await expectPaused(rehearsal);
  await progress.phase('forward', 'resuming (trailbridge resume)', async () => {
    await command(stage, ['resume']);
    await flow.arrive((arrived, of) => progress.detail('forward', `${arrived} of ${of} events arrived …`));
    const again = await command<{ pausedSince: string | null }>(stage, ['resume']);
    expectThat(rehearsal, again.pausedSince === null, 'What was resumed is still paused.');
  });
}

/** What was in the forwarder's hands is let finish; then files wait, and nothing arrives. */
async function staysPaused(
  rehearsal: Rehearsal,
  flow: FileFlow,
  outputs: Outputs,
  files: readonly InputFile[],
): Promise<void> {
  const { stage } = rehearsal;
  const { clients, simulator } = stage;
  const queueUrl = outputs[OUTPUTS.queueUrl] ?? '';
  const inHands = async () => {
    const { visible, all } = await countMessages(clients, queueUrl);
    return all - visible;
  };
  for (let looks = 0; (await inHands()) > 0 && looks < 100; looks += 1) {
    await wait(200);
  }
  const arrivedBefore = simulator.state().received.cloudone.events;
  const waitingBefore = (await countMessages(clients, queueUrl)).visible;
  await flow.into(outputs[OUTPUTS.bucketName] ?? '', files);
  const expected = waitingBefore + files.filter(isForwarded).length;
  const waiting = await waitForMessages(stage, queueUrl, expected);
  await wait(QUIET_MS);
  expectThat(rehearsal, files.length > 0, 'The input has too few files, none was put during the pause.');
  expectThat(rehearsal, waiting >= expected, `${waiting} files wait during the pause, not ${expected}.`);
  expectThat(
    rehearsal,
    (await inHands()) === 0 && simulator.state().received.cloudone.events === arrivedBefore,
    'Files were forwarded although forwarding is paused.',
  );
  await expectPaused(rehearsal);
}

/** The status says so, and is not well. */
async function expectPaused(rehearsal: Rehearsal): Promise<void> {
  const { forwarding } = await command<{
    forwarding: { isEnabled: boolean; pausedSince: string | null } | null;
  }>(rehearsal.stage, ['status'], 1);
  expectThat(
    rehearsal,
    forwarding?.isEnabled === false && forwarding.pausedSince !== null,
    `Forwarding is paused, and the status says ${JSON.stringify(forwarding)}.`,
  );
}
