/** The destination's token: expired, unreadable, and rotated under load. */
import { startSimulator } from '../../rehearsal/vendors/simulator.ts';
import type { FaultCase } from '../case.ts';
import { trailFile } from '../files.ts';
import { type AwsAnswer, failure } from '../stand-ins/aws-answer.ts';
import { API_KEY_ARN, FIRST_TOKEN, TOKEN_ARN, type World } from '../world.ts';

const MINUTE_MS = 60_000;
const SECOND_TOKEN = 'second-token-facade';

/** From now on the destination takes this token only. */
function takesOnly(world: World, token: string): void {
  world.destination.reacts = (upload) => (upload.token === token ? 'take' : { status: 401 });
}

const UNREADABLE: readonly (readonly [string, string, AwsAnswer])[] = [
  ['access-denied', 'is denied', failure(400, 'AccessDeniedException', 'is not authorized to perform')],
  ['kms-denied', 'fails for its key', failure(400, 'AccessDeniedException', 'Access to KMS is not allowed')],
  [
    'not-found',
    'finds no secret',
    failure(400, 'ResourceNotFoundException', "Secrets Manager can't find it."),
  ],
  [
    'deleted',
    'finds a secret that is being deleted',
    failure(400, 'InvalidRequestException', 'marked for deletion'),
  ],
  ['throttled', 'is throttled', failure(400, 'ThrottlingException', 'Rate exceeded')],
  ['away', 'answers 500', failure(500, 'InternalServiceError', 'An error occurred on the server side.')],
  ['empty', 'finds an empty secret', { status: 200, body: JSON.stringify({ SecretString: ' ' }) }],
  ['json', 'finds JSON', { status: 200, body: JSON.stringify({ SecretString: '{"token":"x"}' }) }],
];

const unreadable: FaultCase[] = UNREADABLE.map(([name, what, answer]) => ({
  name: `token/${name}`,
  injected: `reading the token ${what}, for ten minutes`,
  expected: 'the circuit opens, and everything arrives afterwards',
  visible: ['ObjectsFailed', 'CircuitOpen'],
  run: async (world) => {
    let isBroken = true;
    world.mapping.in(10 * MINUTE_MS, () => {
      isBroken = false;
    });
    world.aws.trouble('GetSecretValue', () => (isBroken ? answer : undefined));
    world.addMany(6);
    await world.workOff();
  },
}));

export const tokens: readonly FaultCase[] = [
  ...unreadable,
  {
    name: 'token/read-once',
    injected: 'a cold start with ten files',
    expected: 'the secret is read once',
    run: async (world) => {
      world.addMany(10);
      await world.workOff();
      const reads = world.aws.calls.get('GetSecretValue');
      return reads === 1 ? [] : [`the secret was read ${reads} times`];
    },
  },
  {
    name: 'token/secrets-manager-hangs',
    injected: 'Secrets Manager does not answer once',
    expected: 'the read is tried again within the invocation',
    run: async (world) => {
      world.aws.trouble('GetSecretValue', ({ number }) => (number === 1 ? 'hang' : undefined));
      world.addMany(1);
      await world.workOff();
    },
  },
  {
    name: 'token/expired',
    injected: 'the token has expired, and a new one is stored after 50 minutes',
    expected: 'the circuit opens; nothing is dead-lettered; everything arrives once with the new token',
    visible: ['ObjectsFailed', 'CircuitOpen', 'ObjectsPostponed'],
    run: async (world) => {
      takesOnly(world, SECOND_TOKEN);
      world.mapping.in(50 * MINUTE_MS, () => world.aws.secrets.store(TOKEN_ARN, SECOND_TOKEN));
      world.addMany(20);
      await world.workOff(2);
    },
  },
  {
    name: 'token/replaced-and-revoked',
    injected: 'a new token is stored, and the former refused, while files are sent',
    expected: 'the refused uploads are repeated at once with the new token: nothing comes back',
    run: async (world) => {
      world.destination.reacts = ({ number, token }) => {
        if (number === 10) {
          world.aws.secrets.store(TOKEN_ARN, SECOND_TOKEN);
        }
        return token === (number >= 10 ? SECOND_TOKEN : FIRST_TOKEN) ? 'take' : { status: 401 };
      };
      world.addMany(40);
      await world.workOff(2);
      const { answered } = world.mapping.invocations;
      return answered > 4 ? [`${answered} invocations for four batches`] : [];
    },
  },
  {
    name: 'token/revoked-before-the-new-one',
    injected: 'the former token is refused five minutes before the new one is stored',
    expected: 'files wait, and arrive once',
    visible: ['ObjectsFailed'],
    run: async (world) => {
      world.mapping.in(0, () => takesOnly(world, SECOND_TOKEN));
      world.mapping.in(5 * MINUTE_MS, () => world.aws.secrets.store(TOKEN_ARN, SECOND_TOKEN));
      world.addMany(8);
      await world.workOff();
    },
  },
  {
    name: 'token/rotated-under-load',
    injected:
      'Secrets Manager rotates the token five times, in its four steps, and each former one is revoked at once',
    expected: 'not one of 300 files is lost, comes back, or arrives twice',
    run: rotateUnderLoad,
  },
];

const ROTATIONS = 5;
const FORWARDERS = 3;
const FILES = 300;
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** The rotation's own handler, against the simulated vendors, which also judge each upload's token. */
async function rotateUnderLoad(world: World): Promise<readonly string[]> {
  const vendors = await startSimulator();
  const rotation = world.newFunction(world.options.bundles.tokenRotation);
  const failures: string[] = [];
  const rotate = async () => {
    const version = world.aws.secrets.beginRotation(TOKEN_ARN);
    for (const Step of STEPS) {
      const event = { Step, SecretId: TOKEN_ARN, ClientRequestToken: version };
      const ending = await rotation.invoke(`rotation-${Step}`, event, 60_000);
      if (ending.kind !== 'answer') {
        failures.push(`the step ${Step} failed: ${JSON.stringify(ending)}`);
      }
    }
    vendors.revokeServiceTokens('former');
  };
  try {
    world.aws.secrets.store(API_KEY_ARN, vendors.tenant.cloudOneApiKey);
    world.destination.upstream = vendors.url;
    let refused = 0;
    let rotations: Promise<void> = Promise.resolve();
    world.destination.reacts = async ({ number, token }) => {
      if (number % 50 === 0 && number / 50 <= ROTATIONS) {
        rotations = rotations.then(rotate);
      }
      const isValid = await isTaken(vendors.url, token);
      refused += isValid ? 0 : 1;
      return isValid ? 'take' : { status: 401 };
    };
    await rotate();
    world.add(...Array.from({ length: FILES }, () => trailFile()));
    await world.workOff(FORWARDERS);
    await rotations;
    const { answered } = world.mapping.invocations;
    return [
      ...failures,
      ...(refused === 0 ? ['no token was refused: nothing was proven'] : []),
      ...(answered > FILES / 10 + FORWARDERS ? [`${answered} invocations: files came back`] : []),
    ];
  } finally {
    await rotation.stop();
    await vendors.close();
  }
}

/** Asks the simulated service whether it takes the token, with a document that holds nothing. */
async function isTaken(vendorsUrl: string, token: string): Promise<boolean> {
  const answer = await fetch(`${vendorsUrl}/cloudtrail.us-1.cloudone.trendmicro.com/api/heartbeats`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'api-version': 'v1', 'content-type': 'application/json' },
    body: JSON.stringify({ accountId: '1', region: 'r', stackId: 's', version: 'v', checks: {} }),
  });
  return answer.ok;
}
