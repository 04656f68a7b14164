import { OUTPUTS, PARAMETERS } from '../../contract/parameters.ts';
import { deploy } from '../acts/deploy.ts';
import { destroy } from '../acts/destroy.ts';
import { forwardAll } from '../acts/forward-all.ts';
import { lookInside } from '../acts/look-inside.ts';
import { STACK } from '../acts/stack.ts';
import { outputsOf } from '../stack-watch.ts';
import { logsOf, unreadable } from '../trail-bucket.ts';
import type { Scenario } from './scenario.ts';

/** A new trail's logs outlive the stack: bucket, access logs and key stay, and the files can be read. */
export const retainedLogs: Scenario = {
  name: 'retained-logs',
  about: "keeps a new trail's logs and their key (LogBucketOnDelete=Retain) when the stack goes",
  requires: { existingBucket: false },
  parameters: { [PARAMETERS.logBucketOnDelete]: 'Retain' },
  play: async (rehearsal) => {
    await deploy(rehearsal);
    await forwardAll(rehearsal);
    await lookInside(rehearsal);
  },
  end: async (rehearsal) => {
    const { stage, found, retained } = rehearsal;
    const { [OUTPUTS.bucketName]: bucket = '' } = await outputsOf(stage.clients, STACK);
    for (const id of await logsOf(stage.clients, STACK)) {
      retained.add(id);
    }
    await destroy(rehearsal);
    found.problems.push(...(await unreadable(stage.clients, bucket)));
  },
};
