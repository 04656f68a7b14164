/** The relay, launched where the existing bucket is; and what only the bucket's owner does there. */
import { RELAY_PARAMETERS } from '../../contract/parameters.ts';
import { bucketClients, EXISTING_BUCKET, putNotification } from '../existing-bucket.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { firstFailure } from '../stack-watch.ts';
import { createStack } from './create-stack.ts';
import { deleteLaunched, LaunchError } from './launch.ts';
import { templateUrl } from './publish.ts';

const RELAY = 'Relay';

/** @throws LaunchError */
export async function launchRelay({ stage, progress }: Rehearsal): Promise<void> {
  await progress.phase(
    'deploy',
    'launching the relay (CreateStack)',
    async () => {
      const clients = bucketClients(stage);
      const stack = {
        name: RELAY,
        templateUrl: templateUrl(stage, RELAY),
        parameters: {
          [RELAY_PARAMETERS.bucketName]: EXISTING_BUCKET,
          [RELAY_PARAMETERS.trailbridgeRegion]: stage.aws.region,
          [RELAY_PARAMETERS.alarmEmail]: 'operator@example.com',
        },
      };
      const status = await createStack(clients, stack);
      if (status !== 'CREATE_COMPLETE') {
        const reason = (await firstFailure(clients, RELAY))?.reason;
        throw new LaunchError(`The launch of the relay ended with ${status}: ${reason}`);
      }
    },
    () => 'launched the relay (CreateStack)',
  );
}

/** @throws LaunchError */
export async function unlaunchRelay({ stage, progress }: Rehearsal): Promise<void> {
  await progress.phase(
    'destroy',
    'deleting the relay (DeleteStack)',
    () => deleteLaunched(bucketClients(stage), RELAY),
    () => 'deleted the relay (DeleteStack)',
  );
}

/** As a person does in the bucket's properties: everything else in its notifications stays. */
export async function switchEvents({ stage }: Pick<Rehearsal, 'stage'>, state: 'on' | 'off'): Promise<void> {
  await putNotification(bucketClients(stage), EXISTING_BUCKET, state);
}
