/**
 * The steps of a deployment that can be made to fail: every call to a vendor that the creation makes, in
 * the order in which they are made.
 */
import type { Destination } from './report.ts';
import type { Fault } from './vendors/simulator.ts';

export interface Step {
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

const ONBOARDING: readonly Step[] = [
  {
    id: 'cloud-one-account',
    named: /Cloud One account look-up/,
    fault: refusal('GET', 'accounts.cloudone.trendmicro.com', '/api/apikeys/*'),
  },
  {
    id: 'vision-one-connection-look-up',
    named: /Vision One connection/,
    fault: refusal('GET', 'visionone-connect.*', '/api/connectors'),
  },
  {
    id: 'vision-one-enrolment',
    named: /Vision One connection/,
    fault: refusal('POST', 'visionone-connect.*', '/api/connectors'),
  },
  {
    id: 'vision-one-connection-poll',
    named: /Vision One connection/,
    fault: refusal('GET', 'visionone-connect.*', '/api/connectors', 1),
  },
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

const CLOUDTRAIL_TOKEN: Step = {
  id: 'cloudtrail-token',
  named: /CloudTrail integration token/,
  fault: refusal('POST', 'cloudtrail.*', '/api/stacks'),
};

const TO_CLOUD_ONE: readonly Step[] = [
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

const TO_VISION_ONE: readonly Step[] = [
  {
    id: 'forwarding-probe',
    named: /Sending a first, empty upload/,
    fault: refusal('POST', '*', '/ingest/*'),
  },
];

const BY_VENDOR_CLIENT: readonly Step[] = [
  CLOUDTRAIL_TOKEN,
  {
    // Within the nested stack: the stand-in for the client says so itself, as the custom resource of that name.
    id: 'vendor-client-lifecycle',
    named: /StackLifecycleEvent/,
    fault: refusal('POST', '*', '*/api/lifecycle'),
  },
];

const FORWARDING: Readonly<Record<Destination, readonly Step[]>> = {
  cloudone: TO_CLOUD_ONE,
  visionone: TO_VISION_ONE,
  vendorclient: BY_VENDOR_CLIENT,
};

export function stepsOf(destination: Destination): readonly Step[] {
  return [...ONBOARDING, ...FORWARDING[destination]];
}

/** There is no such step. */
export class UnknownStepError extends Error {
  override readonly name = 'UnknownStepError';
}

/** @throws UnknownStepError listing the steps there are. */
export function stepNamed(id: string, destination: Destination): Step {
  const steps = stepsOf(destination);
  const step = steps.find((candidate) => candidate.id === id);
  if (step === undefined) {
    throw new UnknownStepError(
      `There is no step "${id}". The steps are: ${steps.map((each) => each.id).join(', ')}.`,
    );
  }
  return step;
}
