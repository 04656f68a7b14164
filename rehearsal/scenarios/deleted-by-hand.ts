import { CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3';
import { OUTPUTS, PARAMETERS } from '../../contract/parameters.ts';
import { created, deleted } from '../acts/delete.ts';
import { publishAssets } from '../acts/publish-assets.ts';
import { STACK } from '../acts/stack.ts';
import { checkWhatIsLeft } from '../aftermath.ts';
import { outputsOf } from '../stack-watch.ts';
import { holdingsOf } from '../vendor-holdings.ts';
import type { Rehearsal, Scenario } from './scenario.ts';

const ANOTHER_BUCKET = 'bucket-that-goes-before';

/** What is gone already counts as deleted: registrations, the existing bucket, the new trail's bucket. */
export const deletedByHand: Scenario = {
  name: 'deleted-by-hand',
  about: 'registrations and buckets are gone before the stack is destroyed',
  play: async (rehearsal) => {
    const templateUrl = await publishAssets(rehearsal.stage);
    await withoutRegistrations(rehearsal, templateUrl);
    await withoutNewBucket(rehearsal, templateUrl);
    await withoutExistingBucket(rehearsal, templateUrl);
  },
};

async function withoutRegistrations(rehearsal: Rehearsal, templateUrl: string): Promise<void> {
  if (!(await created(rehearsal, templateUrl))) {
    return;
  }
  rehearsal.found.vendor = { ...rehearsal.found.vendor, registered: holdingsOf(rehearsal.stage.simulator) };
  await takeBack(rehearsal);
  await goneWithout(rehearsal, 'whose registrations are gone');
}

async function withoutNewBucket(rehearsal: Rehearsal, templateUrl: string): Promise<void> {
  const newTrail = { [PARAMETERS.createNewTrail]: 'true', [PARAMETERS.existingCloudtrailBucketName]: '' };
  if (!(await created(rehearsal, templateUrl, newTrail))) {
    return;
  }
  const { clients } = rehearsal.stage;
  const outputs = await outputsOf(clients, STACK);
  await clients.s3.send(new DeleteBucketCommand({ Bucket: outputs[OUTPUTS.bucketName] }));
  await goneWithout(rehearsal, "whose trail's bucket is gone");
}

async function withoutExistingBucket(rehearsal: Rehearsal, templateUrl: string): Promise<void> {
  const { s3 } = rehearsal.stage.clients;
  await s3.send(new CreateBucketCommand({ Bucket: ANOTHER_BUCKET }));
  const existing = {
    [PARAMETERS.createNewTrail]: 'false',
    [PARAMETERS.existingCloudtrailBucketName]: ANOTHER_BUCKET,
  };
  const isThere = await created(rehearsal, templateUrl, existing);
  await s3.send(new DeleteBucketCommand({ Bucket: ANOTHER_BUCKET }));
  if (isThere) {
    await goneWithout(rehearsal, 'whose existing bucket is gone');
  }
}

async function goneWithout(rehearsal: Rehearsal, title: string): Promise<void> {
  const { stage, options, before, found } = rehearsal;
  await deleted(rehearsal, title, 'DELETE_COMPLETE');
  await checkWhatIsLeft(stage, options, before, found);
}

/** Takes the registrations back at the vendors, as a person does in their consoles. */
async function takeBack({ stage: { simulator }, found }: Rehearsal): Promise<void> {
  const { tenant, registered } = simulator.state();
  const paths = [
    'visionone-connect.{region}/api/connectors',
    ...registered.workloadConnectors.map(({ ID }) => `workload.{region}/api/awsconnectors/${ID}`),
    ...registered.cloudAccounts.map(({ id }) => `cloudaccounts.{region}/api/cloudaccounts/aws/${id}`),
  ];
  for (const path of paths) {
    const place = path.replace('{region}', `${tenant.region}.cloudone.trendmicro.com`);
    const response = await fetch(`${simulator.url}/${place}`, {
      method: 'DELETE',
      headers: { authorization: `ApiKey ${simulator.tenant.cloudOneApiKey}`, 'api-version': 'v1' },
    });
    if (!response.ok) {
      found.problems.push(`The simulated vendor answered ${response.status} to DELETE ${place}.`);
    }
  }
}
