import { type Call, Refused, type Reply } from './http.ts';

/** The values of a path's `{name}` segments, percent-decoded. */
export type PathParams = Readonly<Record<string, string>>;

export type Handler = (call: Call, params: PathParams) => Reply | Promise<Reply>;

export interface Route {
  readonly method: string;
  /**
   * Literal segments, `{name}` segments, and as the last one `{name+}` for all that follows, even nothing. Of several that
   * match, the first in the list is taken.
   */
  readonly path: string;
  readonly handle: Handler;
}

/** One vendor service: everything behind one host. */
export interface Service {
  readonly host: string;
  readonly routes: readonly Route[];
  /** How this vendor writes an error. */
  readonly refusal: (refused: Refused) => Reply;
}

/** The service's answer to a call, a refusal included. */
export async function answer(service: Service, call: Call): Promise<Reply> {
  try {
    const { route, params } = match(service, call);
    return await route.handle(call, params);
  } catch (error) {
    // Recovery: a refusal is an answer like any other.
    if (error instanceof Refused) return service.refusal(error);
    throw error;
  }
}

function match(service: Service, call: Call): { route: Route; params: PathParams } {
  const here = service.routes.flatMap((route) => {
    const params = matchPath(route.path, call.path);
    return params === undefined ? [] : [{ route, params }];
  });
  if (here.length === 0) throw new Refused(404, `${service.host} has nothing at ${call.path}.`);
  const found = here.find(({ route }) => route.method === call.method);
  if (found === undefined)
    throw new Refused(405, `${service.host}${call.path} does not take ${call.method}.`);
  return found;
}

function matchPath(pattern: string, path: string): PathParams | undefined {
  const wanted = pattern.split('/');
  const given = gathered(path.split('/'), wanted);
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined;
    } else if (segment.endsWith('+}')) {
      params[segment.slice(1, -2)] = decodeSegment(value);
    } else if (value === '') {
      return undefined;
    } else {
      params[segment.slice(1, -1)] = decodeSegment(value);
    }
  }
  return params;
}

/** The segments of a path, with those together for which the pattern has one name. */
function gathered(given: readonly string[], wanted: readonly string[]): readonly string[] {
  if (!wanted.at(-1)?.endsWith('+}')) return given;
  const alone = wanted.length - 1;
  return [...given.slice(0, alone), given.slice(alone).join('/')];
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    // Recovery: a stray percent sign is the caller's mistake, not ours.
    if (error instanceof URIError) throw new Refused(400, 'The path is not properly percent-encoded.');
    throw error;
  }
}
