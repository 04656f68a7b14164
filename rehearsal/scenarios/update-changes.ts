/** The changes that the scenario `update` makes, in their order. */
import { join } from 'node:path';
import { PARAMETERS as P } from '../../contract/parameters.ts';
import type { Change } from '../acts/change.ts';
import { assembly, STACK } from '../acts/stack.ts';
import { OTHER_BUCKET } from '../buckets.ts';
import { apiKeySecretArn, putApiKey } from '../credentials.ts';
import { EXISTING_BUCKET } from '../existing-bucket.ts';
import { filterOf, type GivenFilter } from '../input/filter.ts';
import { withNewCode, withRenamed } from '../other-version.ts';
import { rotateToken } from '../token-rotation.ts';
import { logsOf } from '../trail-bucket.ts';
import type { Rehearsal } from './scenario.ts';

/** An API key that nobody has issued. */
const WRONG_API_KEY = 'tmcSimulatedKeyId9999999999:simulatedCloudOneApiKeySecretWrong';
const OTHER_WORKLOAD_SECURITY_ACCOUNT = '147995105372';
/** Stateless ones, each with something that refers to it. */
const RENAMED = /^Forwarding(ObjectCreated[0-9A-F]{8}|Forwarder(Function|FunctionQueue)?[0-9A-F]{8})$/;

/** Drops most of what reads, and what fails is kept. */
export const FILTER = filterOf(
  '[{"keep":{"errorCode":"*"}},{"name":"reads","drop":{"readOnly":true}}]',
) as GivenFilter;

export async function changesOf(rehearsal: Rehearsal): Promise<Change[]> {
  return [
    ...(await credentials(rehearsal)),
    // Before another destination: a listing forwards to the present one what only the former has.
    ...buckets(rehearsal),
    ...destinations(rehearsal),
    ...settings(),
    ...filters(),
    ...(await versions(rehearsal)),
  ];
}

/** Each time the former key is revoked afterwards: whatever still used it would fail. */
async function credentials({ stage }: Rehearsal): Promise<Change[]> {
  const { simulator, clients } = stage;
  const revokeFormer = async () => {
    simulator.revokeApiKeys('former');
  };
  const secretArn = await apiKeySecretArn(clients);
  const newKey = simulator.issueApiKey();
  return [
    {
      name: 'API key rotated, by value',
      parameters: { [P.cloudOneApiKey]: newKey },
      // `former` are all but the newest, which the changes below issue when it is their turn.
      afterwards: async () => {
        await revokeFormer();
        await rotateToken(clients, STACK);
        simulator.revokeServiceTokens('former');
      },
    },
    {
      name: 'a wrong API key, which is refused',
      parameters: { [P.cloudOneApiKey]: WRONG_API_KEY },
      failsWith: /Cloud One account look-up.*40[13]/s,
    },
    {
      name: 'API key rotated, by the ARN of a secret',
      parameters: { [P.cloudOneApiKey]: '', [P.cloudOneApiKeySecretArn]: secretArn },
      beforehand: () => putApiKey(clients, simulator.issueApiKey()),
      afterwards: revokeFormer,
    },
    {
      name: 'API key rotated in its secret, told by Revision',
      parameters: { [P.revision]: '2' },
      beforehand: () => putApiKey(clients, simulator.issueApiKey()),
      afterwards: revokeFormer,
    },
  ];
}

function destinations({ stage }: Rehearsal): Change[] {
  const { tenant } = stage.simulator;
  return [
    {
      name: 'destination Cloud One → Vision One',
      parameters: {
        [P.forwardingDestination]: 'VisionOne',
        [P.visionOneIngestUrl]: tenant.ingestUrl,
        [P.visionOneIngestToken]: tenant.ingestToken,
      },
      forwardingStacks: 0,
    },
    {
      name: 'destination Vision One → Cloud One',
      parameters: { [P.forwardingDestination]: 'CloudOne', [P.visionOneIngestToken]: '' },
    },
  ];
}

function buckets({ stage, retained }: Rehearsal): Change[] {
  const { clients } = stage;
  return [
    {
      name: 'existing bucket → another existing bucket',
      parameters: { [P.existingCloudtrailBucketName]: OTHER_BUCKET },
      intoMeanwhile: { bucket: OTHER_BUCKET, atOnce: false },
    },
    {
      name: 'existing bucket → new trail',
      parameters: { [P.createNewTrail]: 'true' },
      intoMeanwhile: { bucket: OTHER_BUCKET, atOnce: true },
    },
    { name: 'LogBucketOnDelete Delete → Retain', parameters: { [P.logBucketOnDelete]: 'Retain' } },
    { name: 'LogBucketOnDelete Retain → Delete', parameters: { [P.logBucketOnDelete]: 'Delete' } },
    {
      name: 'new trail → existing bucket, its logs retained',
      parameters: { [P.createNewTrail]: 'false', [P.existingCloudtrailBucketName]: EXISTING_BUCKET },
      intoMeanwhile: { bucket: EXISTING_BUCKET, atOnce: false },
      beforehand: async () => {
        for (const id of await logsOf(clients, STACK)) {
          retained.add(id);
        }
      },
    },
  ];
}

function settings(): Change[] {
  return [
    {
      name: 'WorkloadSecurityAccountId',
      parameters: { [P.workloadSecurityAccountId]: OTHER_WORKLOAD_SECURITY_ACCOUNT },
    },
    { name: 'OnVendorDeleteFailure', parameters: { [P.onVendorDeleteFailure]: 'Continue' } },
  ];
}

/** The former filter, which is none, is on for what is forwarded before the forwarder is updated. */
function filters(): Change[] {
  return [
    {
      name: 'a wrong filter, which is refused',
      parameters: { [P.forwardingFilter]: '[{"drop":{"eventSource":"kms"}}]' },
      failsWith: /Rule 1, field eventSource: given "kms"/,
    },
    {
      name: 'a filter',
      parameters: { [P.forwardingFilter]: FILTER.text },
      filter: FILTER,
    },
    { name: 'no filter any more', parameters: { [P.forwardingFilter]: '' } },
  ];
}

async function versions({ stage }: Rehearsal): Promise<Change[]> {
  const newCode = await withNewCode(assembly(stage), join(stage.folder, 'cdk.out.new-code'));
  return [
    { name: 'a new version of every function', parameters: {}, app: newCode },
    {
      name: 'rule and forwarder renamed',
      parameters: {},
      app: await withRenamed(newCode, join(stage.folder, 'cdk.out.renamed'), (id) => RENAMED.test(id)),
    },
  ];
}
