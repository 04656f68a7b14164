/**
 * The steps of a deployment that can be made to fail: every call to a vendor that the creation makes, in
 * the order in which they are made.
 */
import type { RehearsalOptions } from './options.ts';
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

/** Which way a deployment goes. */
type Way = Pick<RehearsalOptions, 'destination' | 'enrolment'>;

const ACCOUNT: Step = {
  id: 'cloud-one-account',
  named: /Cloud One account look-up/,
  fault: refusal('GET', 'accounts.cloudone.trendmicro.com', '/api/apikeys/*'),
};

/** @param looks how often the connection's status was asked for before. */
function connection(looks: number): readonly Step[] {
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

const GENERATED_TOKEN: readonly Step[] = [
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

const CONNECTING: Readonly<Record<Way['enrolment'], readonly Step[]>> = {
  token: connection(0),
  'api-key': [...GENERATED_TOKEN, ...connection(1)],
};

const REGISTERING: readonly Step[] = [
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

export function stepsOf({ destination, enrolment }: Way): readonly Step[] {
  return [ACCOUNT, ...CONNECTING[enrolment], ...REGISTERING, ...FORWARDING[destination]];
}

/** There is no such step. */
export class UnknownStepError extends Error {
  override readonly name = 'UnknownStepError';
}

/** @throws UnknownStepError listing the steps there are. */
export function stepNamed(id: string, way: Way): Step {
  const steps = stepsOf(way);
  const step = steps.find((candidate) => candidate.id === id);
  if (step === undefined) {
    throw new UnknownStepError(
      `There is no step "${id}". The steps are: ${steps.map((each) => each.id).join(', ')}.`,
    );
  }
  return step;
}
