/** The middle of a rehearsal whose files the vendor's client forwards: it keeps no ledger and no queue of ours. */
import { OUTPUTS } from '../../contract/parameters.ts';
import { arrivals, compare, countAltered, countsOf, upload, waitForDelivery } from '../delivery.ts';
import type { Found } from '../findings.ts';
import { deliveryProblems } from '../forward.ts';
import type { Corpus } from '../input/corpus.ts';
import type { Progress } from '../progress.ts';
import type { Stage } from '../stage.ts';

export async function forwardByVendorClient(
  stage: Stage,
  progress: Progress,
  { corpus, outputs }: { readonly corpus: Corpus; readonly outputs: Readonly<Record<string, string>> },
  found: Found,
): Promise<void> {
  await upload(stage.clients, outputs[OUTPUTS.bucketName] ?? '', corpus.files);
  const { events } = found.input;
  await waitForDelivery({
    expectedEvents: events,
    expectedDeadLetters: 0,
    arrived: async () =>
      events - compare(corpus.expected, countsOf(await arrivals(stage.simulator.url))).missing,
    deadLettered: async () => 0,
    onProgress: (arrived) => progress.detail('forward', `${arrived} of ${events} events arrived …`),
  });
  const arrived = await arrivals(stage.simulator.url);
  found.delivered = {
    ...compare(corpus.expected, countsOf(arrived)),
    altered: countAltered(corpus.contents, arrived),
  };
  found.problems.push(...deliveryProblems(corpus, found));
}
