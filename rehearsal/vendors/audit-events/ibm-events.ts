/** Events as IBM Cloud Activity Tracker Event Routing writes them: IBM Cloud documentation, "Event fields". */
import type { Span } from './history.ts';
import { IBM_ACTIONS, type IbmAction, type IbmData } from './ibm-actions.ts';
import { address, PEOPLE, type Person } from './people.ts';
import { at, Random } from './random.ts';

export interface IbmEvent {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly text: string;
}

type Outcome = 'success' | 'pending' | 'failure';

interface Occasion {
  readonly account: string;
  readonly person: Person;
  readonly random: Random;
  readonly correlationId: string;
  readonly data: IbmData;
}

const FINAL_AFTER_MS = 4_210;
/** Of reads, every one comes twice, equal to the character and without an id. */
const TWICE = 'user-management.user.read';

/** So many events, every action in turn; in time order but for the second one of an action. */
export function* ibmEvents(span: Span, account: string): Generator<IbmEvent, void, undefined> {
  let made = 0;
  for (let number = 0; made < span.count; number += 1) {
    const time = span.from + Math.floor((made * (span.to - span.from)) / span.count);
    for (const event of eventsOfOne(number, time, span.seed, account)) {
      if (made === span.count) return;
      made += 1;
      yield event;
    }
  }
}

function* eventsOfOne(number: number, time: number, seed: string, account: string): Generator<IbmEvent> {
  const action = at(IBM_ACTIONS, number);
  const random = new Random(seed, number);
  const data = action.data?.(random, Math.floor(number / IBM_ACTIONS.length)) ?? {};
  const occasion = {
    account,
    person: random.pick(PEOPLE),
    random,
    correlationId: random.uuid(),
    data,
  };
  const outcome = random.chance(0.05) ? 'failure' : 'success';
  if (action.isAsynchronous) {
    yield eventOf(action, time, 'pending', occasion);
    yield eventOf(action, time + FINAL_AFTER_MS, outcome, occasion);
    return;
  }
  const event = eventOf(action, time, outcome, occasion);
  yield event;
  if (action.action === TWICE) {
    yield event;
  }
  const follower = IBM_ACTIONS.find((candidate) => candidate.action === action.followedBy?.(data));
  if (follower !== undefined) {
    yield eventOf(follower, time, outcome, { ...occasion, data: {} });
  }
}

function eventOf(action: IbmAction, time: number, outcome: Outcome, occasion: Occasion): IbmEvent {
  const { account, person, random, correlationId, data } = occasion;
  const [service = ''] = action.target.split('/');
  const text = JSON.stringify({
    eventTime: new Date(time).toISOString().replace(/\dZ$/, '+0000'),
    action: action.action,
    outcome,
    message: `${action.message}${outcome === 'pending' ? ' -pending' : ''}`,
    severity: action.severity ?? 'normal',
    ...(action.action !== TWICE && random.chance(0.5) && { id: random.uuid() }),
    correlationId,
    logSourceCRN: `crn:v1:bluemix:public:${service}:eu-de:a/${account}:::`,
    saveServiceCopy: true,
    dataEvent: false,
    observer: { name: 'ActivityTracker' },
    initiator: {
      id: person.ibmId,
      name: person.email,
      typeURI: 'service/security/account/user',
      credential: { type: random.pick(['token', 'apikey']) },
      host: { address: addressesOf(random), addressType: 'IPv4', agent: random.pick(['', 'Mozilla/5.0']) },
    },
    target: {
      id: `crn:v1:bluemix:public:${service}:global:a/${account}:::`,
      name: person.ibmId,
      typeURI: action.target,
      resourceGroupId: random.hex(32),
      host: { address: `${service}.cloud.ibm.com` },
    },
    reason: reasonOf(action, outcome, random),
    ...data,
  });
  return { time, text };
}

function reasonOf(action: IbmAction, outcome: Outcome, random: Random): object {
  if (action.mayBeEmpty && random.chance(0.3)) return { reasonCode: 404, reasonType: 'Not Found' };
  if (outcome === 'pending') return { reasonCode: 202, reasonType: 'Accepted' };
  if (outcome === 'success') return { reasonCode: 200, reasonType: 'OK' };
  return {
    reasonCode: 403,
    reasonType: 'Forbidden',
    reasonForFailure: 'The user lacks the role "Administrator".',
  };
}

function addressesOf(random: Random): string {
  return random.chance(0.2) ? `${address(random)}, 192.0.2.${random.below(256)}` : address(random);
}
