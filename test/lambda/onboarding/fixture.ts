/** The onboarding resources against the simulated vendors, called as CloudFormation calls them. */
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { vi } from 'vitest';
import { UNMARKED } from '../../../contract/mark.ts';
import { cloudAccount } from '../../../lambda/onboarding/cloud-account.ts';
import { cloudOneAccount } from '../../../lambda/onboarding/cloud-one-account.ts';
import { cloudTrailToken } from '../../../lambda/onboarding/cloudtrail-token.ts';
import { visionOneConnection } from '../../../lambda/onboarding/vision-one-connection.ts';
import { workloadSecurityConnector } from '../../../lambda/onboarding/workload-security-connector.ts';
import { workloadSecurityExternalId } from '../../../lambda/onboarding/workload-security-external-id.ts';
import { type CustomResourceHandler, customResourceHandler } from '../../../lambda/shared/custom-resource.ts';
import { freshSecretReader } from '../../../lambda/shared/fresh-secrets.ts';
import { parseCloudOneApiKey } from '../../../lambda/vendors/cloudone/api-key.ts';
import { type Simulator, startSimulator } from '../../../rehearsal/vendors/simulator.ts';
import {
  type AnswerSink,
  captureOutput,
  type ReceivedAnswer,
  startAnswerSink,
} from '../shared/custom-resource-harness.ts';
import { MemoryMark } from '../shared/memory-mark.ts';

export const AWS_ACCOUNT = '123456789012';
export const OUR_ROLE = `arn:aws:iam::${AWS_ACCOUNT}:role/CloudOne-Ours`;
export const OTHER_ROLE = `arn:aws:iam::${AWS_ACCOUNT}:role/Theirs`;
export const SERVICE_TOKEN_SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:service-token';

export type ResourceName =
  | 'account'
  | 'connection'
  | 'externalId'
  | 'connector'
  | 'cloudAccount'
  | 'cloudTrailToken';

/** What each resource is created with, unless a test says otherwise. */
export const PROPERTIES: Readonly<Record<ResourceName, Readonly<Record<string, string>>>> = {
  account: { AwsRegion: 'us-east-1', ForwardingDestination: 'CloudOne' },
  connection: { CloudOneRegion: 'us-1' },
  externalId: { CloudOneRegion: 'us-1' },
  connector: { CloudOneRegion: 'us-1', AwsAccountId: AWS_ACCOUNT, RoleArn: OUR_ROLE, DisplayName: 'ours' },
  cloudAccount: { CloudOneRegion: 'us-1', AwsAccountId: AWS_ACCOUNT, RoleArn: OUR_ROLE, Alias: 'ours' },
  cloudTrailToken: {
    CloudOneRegion: 'us-1',
    AwsAccountId: AWS_ACCOUNT,
    AwsRegion: 'us-east-1',
    ForwardingDestination: 'CloudOne',
  },
};

export interface Fixture {
  readonly vendors: Simulator;
  readonly sink: AnswerSink;
  readonly handlers: Readonly<Record<ResourceName, CustomResourceHandler>>;
  /** Creates a resource with its usual properties, some changed. */
  create(name: ResourceName, changed?: object): Promise<ReceivedAnswer>;
  /** Updates it from its usual properties, changed by `old`, to the usual ones changed by `changed`. */
  update(name: ResourceName, physicalId: string, changed: object, old?: object): Promise<ReceivedAnswer>;
  remove(name: ResourceName, physicalId: string, changed?: object): Promise<ReceivedAnswer>;
  /** The connection's handler for a user who gave no enrolment token. */
  readonly connectionWithoutToken: CustomResourceHandler;
  /** Where the connection's handlers remember whose it is. */
  readonly connectionMark: MemoryMark;
  readonly secretsManager: ReturnType<typeof newSecretsManager>;
  /** What was logged since `reset`. */
  output(): string;
  /** Everything that must never be shown. */
  secrets(): string[];
  /** Before each test. */
  reset(): void;
  close(): Promise<void>;
}

export async function startFixture(): Promise<Fixture> {
  const vendors = await startSimulator();
  const sink = await startAnswerSink();
  const secretsManager = newSecretsManager();
  const readApiKey = async () => parseCloudOneApiKey(vendors.tenant.cloudOneApiKey);
  const connectionMark = new MemoryMark();
  const pace = { pollMs: 1, patienceMs: 50 };
  const soon = { lateCreationPausesMs: [1] };
  let output = () => '';
  process.env.VENDOR_ENDPOINT_OVERRIDE = vendors.url;

  const handlers: Fixture['handlers'] = {
    account: customResourceHandler(() => cloudOneAccount({ readApiKey, secrets: freshSecretReader() })),
    connection: customResourceHandler(() =>
      visionOneConnection({
        readApiKey,
        readServiceToken: async () => vendors.tenant.visionOneEnrollmentToken,
        mark: connectionMark,
        ...pace,
      }),
    ),
    externalId: customResourceHandler(() => workloadSecurityExternalId(readApiKey)),
    connector: customResourceHandler(() => workloadSecurityConnector(readApiKey), soon),
    cloudAccount: customResourceHandler(() => cloudAccount(readApiKey), soon),
    cloudTrailToken: customResourceHandler(() =>
      cloudTrailToken({
        readApiKey,
        secretsManager: new SecretsManagerClient({}),
        serviceTokenSecretArn: SERVICE_TOKEN_SECRET,
      }),
    ),
  };

  return {
    vendors,
    sink,
    secretsManager,
    connectionWithoutToken: customResourceHandler(() =>
      visionOneConnection({ readApiKey, readServiceToken: undefined, mark: connectionMark, ...pace }),
    ),
    handlers,
    connectionMark,
    create: (name, changed = {}) =>
      sink.send(handlers[name], { type: 'Create', properties: { ...PROPERTIES[name], ...changed } }),
    update: (name, physicalId, changed, old = {}) =>
      sink.send(handlers[name], {
        type: 'Update',
        properties: { ...PROPERTIES[name], ...changed },
        oldProperties: { ...PROPERTIES[name], ...old },
        physicalId,
      }),
    remove: (name, physicalId, changed = {}) =>
      sink.send(handlers[name], {
        type: 'Delete',
        properties: { ...PROPERTIES[name], ...changed },
        physicalId,
      }),
    output: () => output(),
    secrets: () => [
      vendors.tenant.cloudOneApiKey.split(':')[1] ?? '',
      vendors.tenant.visionOneEnrollmentToken,
      ...secretsManager
        .commandCalls(PutSecretValueCommand)
        .map(({ args: [command] }) => command.input.SecretString ?? ''),
    ],
    reset: () => {
      vi.restoreAllMocks();
      // No jitter, hence no waiting between tries.
      vi.spyOn(Math, 'random').mockReturnValue(0);
      vendors.reset();
      connectionMark.value = UNMARKED;
      secretsManager.reset();
      secretsManager.onAnyCommand().rejects(new Error('not expected'));
      secretsManager.on(PutSecretValueCommand).resolves({});
      output = captureOutput();
    },
    close: async () => {
      delete process.env.VENDOR_ENDPOINT_OVERRIDE;
      secretsManager.restore();
      await Promise.all([vendors.close(), sink.close()]);
    },
  };
}

/** What the vendors hold that a deletion must take back: everything but tokens, which lapse. */
export function registrations({ vendors }: Fixture) {
  const { visionOneConnection: connection, workloadConnectors, cloudAccounts } = vendors.state().registered;
  return {
    connection: connection === null ? 0 : 1,
    connectors: workloadConnectors.map(({ crossAccountRoleArn, displayName }) => ({
      crossAccountRoleArn,
      displayName,
    })),
    cloudAccounts: cloudAccounts.map(({ roleARN, alias }) => ({ roleARN, alias })),
  };
}

/** The calls made since the start, as `METHOD path`. */
export function callsOf({ vendors }: Fixture): string[] {
  return vendors.state().calls.map(({ method, path }) => `${method} ${path}`);
}

function newSecretsManager() {
  return mockClient(SecretsManagerClient);
}
