/**
 * The steps of a deployment that can be made to fail: every call to a vendor that the creation makes, in
 * the order in which they are made, and the creation of every AWS resource.
 */
import { awsStepsOf } from './aws-steps.ts';
import type { RehearsalOptions } from './options.ts';
import type { Destination } from './report.ts';
import type { OtherStack } from './scenarios/scenario.ts';
import type { Step } from './step.ts';
import type { TemplateResource } from './template.ts';
import { matcher } from './vendors/faults.ts';
import type { Fault, SimulatorState } from './vendors/simulator.ts';

/** A call to a vendor. */
export interface VendorStep {
  readonly id: string;
  /** What a failure's message must say for the user to know which step it was. */
  readonly named: RegExp;
  /** What the vendor answers, until the roll-back begins. */
  readonly fault: Fault;
}

const CAUSE = 'Simulated refusal';

/** What a failure's message must say for the user to know the cause: the status and the vendor's words. */
export const NAMED_CAUSE = new RegExp(`answered 403\\b.*${CAUSE}`, 's');

function refusal(method: string, host: string, path: string, skip = 0): Fault {
  return { method, host, path, skip, status: 403, body: { message: `${CAUSE} of ${method} ${path}` } };
}

/** Which way a deployment goes. */
export type Way = Pick<RehearsalOptions, 'destination' | 'enrolment'>;

const ACCOUNT: VendorStep = {
  id: 'cloud-one-account',
  named: /Cloud One account look-up/,
  fault: refusal('GET', 'accounts.cloudone.trendmicro.com', '/api/apikeys/*'),
};

/** @param looks how often the connection's status was asked for before. */
function connection(looks: number): readonly VendorStep[] {
  const named = /Vision One connection/;
  return [
    {
      id: 'vision-one-connection-look-up',
      named,
      fault: refusal('GET', 'visionone-connect.*', '/api/connectors', looks),
    },
    {
      id: 'vision-one-enrolment',
      named,
      fault: refusal('POST', 'visionone-connect.*', '/api/connectors'),
    },
    {
      id: 'vision-one-connection-poll',
      named,
      fault: refusal('GET', 'visionone-connect.*', '/api/connectors', looks + 1),
    },
  ];
}

const GENERATED_TOKEN: readonly VendorStep[] = [
  {
    id: 'vision-one-token-look-up',
    named: /Vision One enrolment token/,
    fault: refusal('GET', 'visionone-connect.*', '/api/connectors'),
  },
  {
    id: 'vision-one-token-generation',
    named: /Vision One enrolment token/,
    fault: refusal('POST', 'api.*', '/v1.0/preview/uic/instances/enrollment'),
  },
];

const CONNECTING: Readonly<Record<Way['enrolment'], readonly VendorStep[]>> = {
  token: connection(0),
  'api-key': [...GENERATED_TOKEN, ...connection(1)],
};

const REGISTERING: readonly VendorStep[] = [
  {
    id: 'workload-security-external-id',
    named: /Workload Security external id/,
    fault: refusal('GET', 'workload.*', '/api/awsconnectorsettings'),
  },
  {
    id: 'workload-security-connector-search',
    named: /Workload Security connector/,
    fault: refusal('POST', 'workload.*', '/api/awsconnectors/search'),
  },
  {
    id: 'workload-security-connector-create',
    named: /Workload Security connector/,
    fault: refusal('POST', 'workload.*', '/api/awsconnectors'),
  },
  {
    id: 'cloud-account',
    named: /Cloud One cloud account/,
    fault: refusal('POST', 'cloudaccounts.*', '/api/cloudaccounts/aws'),
  },
];

const CLOUDTRAIL_TOKEN: VendorStep = {
  id: 'cloudtrail-token',
  named: /CloudTrail integration token/,
  fault: refusal('POST', 'cloudtrail.*', '/api/stacks'),
};

const TO_CLOUD_ONE: readonly VendorStep[] = [
  CLOUDTRAIL_TOKEN,
  {
    id: 'forwarding-lifecycle',
    named: /Telling Cloud One's CloudTrail service/,
    fault: refusal('POST', '*', '*/api/lifecycle'),
  },
  {
    id: 'forwarding-probe',
    named: /Sending a first, empty upload/,
    fault: refusal('POST', '*', '*/api/logs'),
  },
];

const TO_VISION_ONE: readonly VendorStep[] = [
  {
    id: 'forwarding-probe',
    named: /Sending a first, empty upload/,
    fault: refusal('POST', '*', '/ingest/*'),
  },
];

const BY_VENDOR_CLIENT: readonly VendorStep[] = [
  CLOUDTRAIL_TOKEN,
  {
    // Within the nested stack: the stand-in for the client says so itself, as the custom resource of that name.
    id: 'vendor-client-lifecycle',
    named: /StackLifecycleEvent/,
    fault: refusal('POST', '*', '*/api/lifecycle'),
  },
];

const FORWARDING: Readonly<Record<Destination, readonly VendorStep[]>> = {
  cloudone: TO_CLOUD_ONE,
  visionone: TO_VISION_ONE,
  vendorclient: BY_VENDOR_CLIENT,
};

/** The calls to vendors that the creation of the audit archive makes, as `archiveParametersOf` has it: with OAuth. */
export const ARCHIVE_VENDOR_STEPS: readonly VendorStep[] = [
  {
    id: 'audit-cloud-one-probe',
    named: /Proving that Trend Cloud One can be collected/,
    fault: refusal('GET', 'audit.*', '/api/logs'),
  },
  {
    id: 'audit-appdynamics-token',
    named: /Proving that Splunk AppDynamics can be collected/,
    fault: refusal('POST', '*.appdynamics.com', '/controller/api/oauth/access_token'),
  },
  {
    id: 'audit-appdynamics-probe',
    named: /Proving that Splunk AppDynamics can be collected/,
    fault: refusal('GET', '*.appdynamics.com', '/controller/ControllerAuditHistory'),
  },
  {
    id: 'audit-ibm-cloud-probe',
    named: /Proving that IBM Cloud can be collected/,
    fault: {
      ...refusal('GET', '*.cloud-object-storage.appdomain.cloud', '*'),
      // As S3 writes an error.
      body: `<Error><Code>AccessDenied</Code><Message>${CAUSE}</Message></Error>`,
    },
  },
];

/** The calls to vendors that the creation makes. */
export function vendorStepsOf({ destination, enrolment }: Way): readonly VendorStep[] {
  return [ACCOUNT, ...CONNECTING[enrolment], ...REGISTERING, ...FORWARDING[destination]];
}

/**
 * Every step of a deployment.
 *
 * @param resources what the template has under the deployment's parameters.
 */
export function stepsOf(way: Way, resources: readonly TemplateResource[]): readonly Step[] {
  return [...vendorStepsOf(way).map(refused), ...awsStepsOf(resources)];
}

/** Every step of another stack's deployment. */
export function otherStepsOf(
  { name, vendorSteps }: Pick<OtherStack, 'name' | 'vendorSteps'>,
  resources: readonly TemplateResource[],
): readonly Step[] {
  return [...vendorSteps.map(refused), ...awsStepsOf(resources, name)];
}

/** The vendor refuses the call until the roll-back begins. */
function refused({ id, named, fault }: VendorStep): Step {
  return {
    id,
    arm: ({ simulator }) => simulator.setFaults([fault]),
    disarm: ({ simulator }) => simulator.setFaults([]),
    isNamedBy: ({ reason }) => named.test(reason) && NAMED_CAUSE.test(reason),
  };
}

/**
 * Compares the steps with the calls of a creation that succeeded: a call that no step fails at would be rolled back
 * from untried, and a step that no call gets to fails nothing.
 *
 * @returns what is wrong, for a report.
 */
export function stepGaps(calls: SimulatorState['calls'], steps: readonly VendorStep[]): string[] {
  const made = new Map(calls.map((call) => [`${call.method} ${call.host}${call.path}`, call]));
  const untried = [...made]
    .filter(([, call]) => !steps.some(({ fault }) => matcher(fault)(call)))
    .map(([name]) => `The creation calls ${name}, and no step of rehearsal/steps.ts fails at it.`);
  const unreached = steps
    .filter(({ fault }) => calls.filter(matcher(fault)).length <= (fault.skip ?? 0))
    .map(({ id }) => `The creation never gets to the step ${id} of rehearsal/steps.ts.`);
  return [...untried, ...unreached];
}

/** There is no such step. */
export class UnknownStepError extends Error {
  override readonly name = 'UnknownStepError';
}

/** @throws UnknownStepError listing the steps there are. */
export function stepNamed(id: string, steps: readonly Step[]): Step {
  const step = steps.find((candidate) => candidate.id === id);
  if (step === undefined) {
    throw new UnknownStepError(
      `There is no step "${id}". The steps are:\n${steps.map((each) => `  ${each.id}`).join('\n')}`,
    );
  }
  return step;
}
