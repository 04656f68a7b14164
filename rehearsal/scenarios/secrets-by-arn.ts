import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
} from '@aws-sdk/client-secrets-manager';
import { PARAMETERS } from '../../contract/parameters.ts';
import { deploy } from '../acts/deploy.ts';
import { destroy } from '../acts/destroy.ts';
import { forwardAll } from '../acts/forward-all.ts';
import { lookInside } from '../acts/look-inside.ts';
import type { Stage } from '../stage.ts';
import type { Tenant } from '../vendors/simulator.ts';
import type { Parameters, Scenario } from './scenario.ts';

interface Credential {
  readonly byValue: string;
  readonly byArn: string;
  readonly of: keyof Tenant;
}

/** Every credential, in the two forms of its parameter. */
const CREDENTIALS: readonly Credential[] = [
  { byValue: PARAMETERS.cloudOneApiKey, byArn: PARAMETERS.cloudOneApiKeySecretArn, of: 'cloudOneApiKey' },
  {
    byValue: PARAMETERS.visionOneServiceToken,
    byArn: PARAMETERS.visionOneServiceTokenSecretArn,
    of: 'visionOneEnrollmentToken',
  },
  { byValue: PARAMETERS.visionOneApiKey, byArn: PARAMETERS.visionOneApiKeySecretArn, of: 'visionOneApiKey' },
  {
    byValue: PARAMETERS.visionOneIngestToken,
    byArn: PARAMETERS.visionOneIngestTokenSecretArn,
    of: 'ingestToken',
  },
];

const nameOf = ({ byValue }: Credential) => `users-own/${byValue}`;

/** Every credential is in a secret of the user's, under a key of the user's, and read there only. */
export const secretsByArn: Scenario = {
  name: 'secrets-by-arn',
  about: "deploys with secrets of the user's own, forwards, destroys; the secrets stay",
  prepare: keepSecrets,
  play: async (rehearsal) => {
    const { stage, found } = rehearsal;
    await deploy({ ...rehearsal, parameters: await byArn(stage, rehearsal.parameters) });
    for (const copy of await copiesIn(stage)) {
      found.problems.push(`A secret of the user's was copied into ${copy}.`);
    }
    await forwardAll(rehearsal);
    await lookInside(rehearsal);
  },
  end: async (rehearsal) => {
    await destroy(rehearsal);
    for (const credential of CREDENTIALS) {
      if (
        (await secretValue(rehearsal.stage, nameOf(credential))) !==
        rehearsal.stage.simulator.tenant[credential.of]
      ) {
        rehearsal.found.problems.push(`The user's secret ${nameOf(credential)} is not what it was.`);
      }
    }
  },
};

async function keepSecrets({ clients, simulator }: Stage): Promise<void> {
  const { KeyMetadata } = await clients.kms.send(new CreateKeyCommand({ Description: "The user's own." }));
  for (const credential of CREDENTIALS) {
    await clients.secretsManager.send(
      new CreateSecretCommand({
        Name: nameOf(credential),
        SecretString: simulator.tenant[credential.of],
        KmsKeyId: KeyMetadata?.Arn,
      }),
    );
  }
}

/** The same parameters, each credential by its ARN. */
async function byArn({ clients }: Stage, parameters: Parameters): Promise<Parameters> {
  const changed: Record<string, string> = { ...parameters };
  for (const credential of CREDENTIALS.filter(({ byValue }) => byValue in parameters)) {
    const { ARN = '', KmsKeyId = '' } = await clients.secretsManager.send(
      new DescribeSecretCommand({ SecretId: nameOf(credential) }),
    );
    delete changed[credential.byValue];
    changed[credential.byArn] = ARN;
    changed[PARAMETERS.secretsKeyArn] = KmsKeyId;
  }
  return changed;
}

/** Names of secrets, beside the user's own, that hold one of the user's credentials. */
async function copiesIn(stage: Stage): Promise<string[]> {
  const { SecretList = [] } = await stage.clients.secretsManager.send(new ListSecretsCommand({}));
  const own = CREDENTIALS.map(nameOf);
  const credentials = CREDENTIALS.map(({ of }) => stage.simulator.tenant[of]);
  const others = SecretList.map(({ Name = '' }) => Name).filter((name) => !own.includes(name));
  const values = await Promise.all(others.map((name) => secretValue(stage, name)));
  return others.filter((_, index) => credentials.includes(values[index] ?? ''));
}

/** @returns `undefined` for a secret without a value. */
async function secretValue({ clients }: Stage, name: string): Promise<string | undefined> {
  try {
    const command = new GetSecretValueCommand({ SecretId: name });
    return (await clients.secretsManager.send(command)).SecretString;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') {
      return undefined;
    }
    throw error;
  }
}
