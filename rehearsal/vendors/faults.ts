import {
  choice,
  InvalidInput,
  type JsonObject,
  listOf,
  objectOf,
  optionalFlag,
  optionalInteger,
  optionalText,
} from './validate.ts';

const actions = ['reset', 'reset-mid-body', 'hang', 'drip', 'truncate', 'html', 'redirect'] as const;

/**
 * What is done to the connection or the answer:
 * - `reset`: the connection is cut, nothing answered (before the request is read, unless `afterEffect`)
 * - `reset-mid-body`: the connection is cut halfway through the answer
 * - `hang`: nothing is ever answered
 * - `drip`: an answer begins, trickles on for as long as the caller waits, and says nothing
 * - `truncate`: the first half of the answer, well-formed as HTTP
 * - `html`: a page such as a proxy or a captive portal sends (200 unless `status`)
 * - `redirect`: to another host of the simulator (302 unless `status`; `headers.location` if given)
 */
export type FaultAction = (typeof actions)[number];

/** One thing to go wrong, and for which calls. */
export interface Fault {
  readonly name?: string;
  readonly method?: string;
  /** With `*` for any run of characters. */
  readonly host?: string;
  /** With `*` for any run of characters, slashes included. */
  readonly path?: string;
  /** How many calls it hits. @default all */
  readonly times?: number;
  /** How many matching calls it lets through first. @default 0 */
  readonly skip?: number;
  readonly status?: number;
  /** Alone, they are added to the real answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as plain text, anything else as JSON. */
  readonly body?: unknown;
  readonly delayMs?: number;
  readonly action?: FaultAction;
  /** Perform the real operation first, then answer with the fault: an acknowledgement lost. */
  readonly afterEffect?: boolean;
}

export type FaultState = Fault & { readonly hits: number };

const fields = [
  'name',
  'method',
  'host',
  'path',
  'times',
  'skip',
  'status',
  'headers',
  'body',
  'delayMs',
  'action',
  'afterEffect',
];

/**
 * @throws InvalidInput that names the field
 */
export function parseFaults(value: unknown): Fault[] {
  return listOf(value, 'faults').map((item, index) => parseFault(item, `faults[${index}]`));
}

function parseFault(value: unknown, field: string): Fault {
  const object = objectOf(value, field, fields);
  const fault = withoutUndefined({
    name: optionalText(object, 'name', field),
    method: optionalText(object, 'method', field)?.toUpperCase(),
    host: optionalText(object, 'host', field),
    path: optionalText(object, 'path', field),
    times: optionalInteger(object, 'times', field, { min: 1, max: Number.MAX_SAFE_INTEGER }),
    skip: optionalInteger(object, 'skip', field, { min: 0, max: Number.MAX_SAFE_INTEGER }),
    status: optionalInteger(object, 'status', field, { min: 200, max: 599 }),
    headers: optionalHeaders(object, field),
    body: object.body,
    delayMs: optionalInteger(object, 'delayMs', field, { min: 0, max: 3_600_000 }),
    action: object.action === undefined ? undefined : choice(object.action, `${field}.action`, actions),
    afterEffect: optionalFlag(object, 'afterEffect', field),
  });
  if (!['status', 'headers', 'body', 'delayMs', 'action'].some((key) => key in fault)) {
    throw new InvalidInput(
      field,
      'expected a status, headers, body, delayMs or action, for without any it does nothing',
    );
  }
  return fault;
}

/** Drops the absent fields, so that a fault is shown as it was given. */
function withoutUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function optionalHeaders(object: JsonObject, field: string): Record<string, string> | undefined {
  if (object.headers === undefined) return undefined;
  const at = `${field}.headers`;
  const headers = objectOf(object.headers, at, Object.keys(Object(object.headers)));
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!/^[A-Za-z0-9-]+$/.test(name)) throw new InvalidInput(`${at}.${name}`, 'expected a header name');
      if (typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value)) {
        throw new InvalidInput(`${at}.${name}`, 'expected a string of printable ASCII characters');
      }
      return [name.toLowerCase(), value];
    }),
  );
}

interface Armed {
  readonly fault: Fault;
  readonly label: string;
  readonly matches: (call: { method: string; host: string; path: string }) => boolean;
  passed: number;
  hits: number;
}

/** The list of faults in force, and how often each struck. */
export class FaultInjector {
  #armed: Armed[] = [];

  /** Replaces the list. */
  set(faults: readonly Fault[]): void {
    this.#armed = faults.map((fault, index) => ({
      fault,
      label: fault.name ?? `#${index}`,
      matches: matcher(fault),
      passed: 0,
      hits: 0,
    }));
  }

  /** The first fault in the list that strikes this call, if any; it is counted. */
  strike(call: { method: string; host: string; path: string }): { fault: Fault; label: string } | undefined {
    for (const armed of this.#armed) {
      if (armed.hits >= (armed.fault.times ?? Number.POSITIVE_INFINITY) || !armed.matches(call)) continue;
      if (armed.passed < (armed.fault.skip ?? 0)) {
        armed.passed += 1;
        continue;
      }
      armed.hits += 1;
      return { fault: armed.fault, label: armed.label };
    }
    return undefined;
  }

  state(): FaultState[] {
    return this.#armed.map(({ fault, hits }) => ({ ...fault, hits }));
  }
}

/** Which calls a fault is for. */
export function matcher({ method, host, path }: Fault): Armed['matches'] {
  const hosts = glob(host);
  const paths = glob(path);
  return (call) =>
    (method === undefined || method === call.method) && hosts.test(call.host) && paths.test(call.path);
}

function glob(pattern = '*'): RegExp {
  const literal = pattern.split('*').map((piece) => piece.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}
