import { OUTPUTS } from '../../contract/parameters.ts';
import { deploy } from '../acts/deploy.ts';
import { destroy } from '../acts/destroy.ts';
import { forwardAll } from '../acts/forward-all.ts';
import { lookInside } from '../acts/look-inside.ts';
import { STACK } from '../acts/stack.ts';
import { outputsOf } from '../stack-watch.ts';
import { putVersions, writeUntilRefused } from '../trail-bucket.ts';
import type { Scenario } from './scenario.ts';

/** More than two pages of a listing. */
const VERSIONS = 2_500;

/** A new trail's bucket is emptied and deleted while somebody writes into it all the time. */
export const lateWriter: Scenario = {
  name: 'late-writer',
  about: "deletes a new trail's bucket, of many versions, while it is still written to",
  requires: { existingBucket: false },
  play: async (rehearsal) => {
    await deploy(rehearsal);
    await forwardAll(rehearsal);
    await lookInside(rehearsal);
  },
  end: async (rehearsal) => {
    const { stage, progress, found } = rehearsal;
    const { [OUTPUTS.bucketName]: bucket = '' } = await outputsOf(stage.clients, STACK);
    await putVersions(stage.clients, bucket, VERSIONS);
    const [written] = await Promise.all([writeUntilRefused(stage.clients, bucket), destroy(rehearsal)]);
    progress.line('destroy', `${written} files came while it went, after ${VERSIONS} versions of one`);
    if (written === 0) {
      found.problems.push('Nothing was written while the bucket was emptied, so nothing is shown of it.');
    }
  },
};
