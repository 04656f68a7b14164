import { forwardAll } from '../acts/forward-all.ts';
import { launch, launchInVain, type Mishap, unlaunch } from '../acts/launch.ts';
import { lookInside } from '../acts/look-inside.ts';
import { PREFIX_WITH_SLASH, publish } from '../acts/publish.ts';
import { NAMED_CAUSE, vendorStepsOf } from '../steps.ts';
import type { Rehearsal, Scenario } from './scenario.ts';

/** What most easily goes wrong in a launch, and what comes last. */
function mishaps({ options }: Rehearsal): readonly Mishap[] {
  const [lastStep] = vendorStepsOf(options).slice(-1);
  return [
    {
      what: 'in the wrong region',
      region: 'eu-central-1',
      said: /eu-central-1.*us-1.*Deploy it in us-east-1 instead/s,
    },
    {
      what: 'with its code not found',
      parameters: { QSS3KeyPrefix: 'elsewhere' },
      said: /object elsewhere\/functions\/\w+\.zip of bucket published-templates in eu-west-1 is not found/,
    },
    {
      what: "with a wrong region of its code's bucket",
      parameters: { QSS3BucketRegion: 'us-east-1' },
      said: /the bucket is in another region\. Set QSS3BucketRegion to eu-west-1/,
    },
    {
      what: 'with the destination refusing',
      fault: lastStep?.fault,
      said: new RegExp(`${lastStep?.named.source}.*${NAMED_CAUSE.source}`, 's'),
    },
  ];
}

/** Someone else's template: published into a bucket of another region, launched by its URL. */
export const fromTheConsole: Scenario = {
  name: 'console',
  about: 'launches the published template with CreateStack: no CDK, no bootstrap',
  withoutCdk: true,
  prepare: publish,
  play: async (rehearsal) => {
    for (const mishap of mishaps(rehearsal)) {
      await launchInVain(rehearsal, mishap);
    }
    // Published without the slash: both spellings are one folder.
    await launch(rehearsal, { ...rehearsal.parameters, QSS3KeyPrefix: PREFIX_WITH_SLASH });
    await forwardAll(rehearsal);
    await lookInside(rehearsal);
  },
  end: unlaunch,
};
