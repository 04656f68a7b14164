import { PARAMETERS } from '../../contract/parameters.ts';
import { forwardAll } from '../acts/forward-all.ts';
import { launch, launchInVain, type Mishap, unlaunch } from '../acts/launch.ts';
import { lookInside } from '../acts/look-inside.ts';
import { publish } from '../acts/publish.ts';
import { launchRelay, switchEvents, unlaunchRelay } from '../acts/relay.ts';
import type { Rehearsal, Scenario } from './scenario.ts';

const BUCKET_REGION = 'eu-west-1';
const toldWhere = { [PARAMETERS.cloudtrailBucketRegion]: BUCKET_REGION };

const UNTOLD: Mishap = {
  what: 'without the region of its bucket',
  said: /is in AWS region eu-west-1, but this stack is in us-east-1.*Relay\.template\.json.*set CloudtrailBucketRegion to eu-west-1/s,
};
const MISTAKEN: Mishap = {
  what: 'with a wrong region of its bucket',
  parameters: { [PARAMETERS.cloudtrailBucketRegion]: 'eu-central-1' },
  said: /is in AWS region eu-west-1, and not in eu-central-1/,
};
const SILENT: Mishap = {
  what: 'while its bucket sends no events',
  parameters: toldWhere,
  said: /sends no events to EventBridge.*Switch them on/s,
};
const UNRELAYED: Mishap = {
  what: 'without a relay',
  parameters: toldWhere,
  said: /No rule in eu-west-1 passes the events of existing-cloudtrail-bucket on to us-east-1/,
};

/** The existing bucket stays where it is, in another region than Cloud One's; its events are relayed. */
export const relay: Scenario = {
  name: 'relay',
  about: 'forwards from an existing bucket in another region, through the relay',
  requires: { destination: 'cloudone', existingBucket: true },
  bucketRegion: BUCKET_REGION,
  withoutCdk: true,
  prepare: publish,
  play: async (rehearsal) => {
    for (const mishap of [UNTOLD, MISTAKEN, SILENT]) {
      await launchInVain(rehearsal, mishap);
    }
    await switchEvents(rehearsal, 'on');
    await launchInVain(rehearsal, UNRELAYED);
    noteVendorsTouched(rehearsal);
    await launchRelay(rehearsal);
    await launch(rehearsal, { ...rehearsal.parameters, ...toldWhere });
    await forwardAll(rehearsal);
    await lookInside(rehearsal);
  },
  end: async (rehearsal) => {
    await unlaunch(rehearsal);
    await unlaunchRelay(rehearsal);
    await switchEvents(rehearsal, 'off');
  },
};

/** What is refused must be refused before anything is registered: nothing but questions until here. */
function noteVendorsTouched({ stage, found }: Rehearsal): void {
  const changes = stage.simulator.state().calls.filter(({ method }) => method !== 'GET');
  found.problems.push(
    ...changes.map(({ method, host, path }) => `Before the refusal: ${method} ${host}${path}.`),
  );
}
