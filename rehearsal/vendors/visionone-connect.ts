import { cloudOneRefusal, guarded, jsonObject, requiredString } from './cloud-one.ts';
import type { EnrollmentTokens } from './enrollment-tokens.ts';
import { json, noContent, Refused, type Reply } from './http.ts';
import type { Service } from './router.ts';
import { cloudOneHost, type Tenant } from './tenant.ts';

export type ConnectionStatus = 'connecting' | 'connected';

export interface VisionOneConnection {
  readonly status: ConnectionStatus;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
  /** How often the status was asked for. */
  readonly polls: number;
}

/** When a new registration turns from `connecting` to `connected`: whichever comes first. */
export interface ConnectionPace {
  /** At the n-th status request. */
  readonly connectedAfterPolls: number;
  /** This many milliseconds after the registration. @default never by time alone */
  readonly connectedAfterMs?: number;
}

interface Options {
  readonly tenant: Tenant;
  readonly now: () => Date;
  readonly tokens: EnrollmentTokens;
  readonly pace: ConnectionPace;
  /** A registration that exists from the start. */
  readonly seed?: ConnectionStatus;
}

interface Registration {
  token: string;
  registeredAt: number;
  polls: number;
  connected: boolean;
}

/** The Cloud One side of the connection to Vision One. */
export function createVisionOneConnect(options: Options): Service & {
  state(): VisionOneConnection | null;
} {
  const { tenant, now, tokens, pace, seed } = options;
  let current: Registration | undefined = seed && {
    token: '',
    registeredAt: now().getTime(),
    polls: 0,
    connected: seed === 'connected',
  };

  const isConnected = (registration: Registration): boolean => {
    const age = now().getTime() - registration.registeredAt;
    registration.connected ||=
      registration.polls >= pace.connectedAfterPolls ||
      (pace.connectedAfterMs !== undefined && age >= pace.connectedAfterMs);
    return registration.connected;
  };
  const statusOf = (registration: Registration): ConnectionStatus =>
    isConnected(registration) ? 'connected' : 'connecting';
  const shown = (registration: Registration): Reply =>
    json(200, { registration: { status: statusOf(registration) } });
  const existing = (): Registration => {
    // Assumed: 404 while there is no registration.
    if (!current) throw new Refused(404, 'This account is not registered with Vision One.');
    return current;
  };

  const register = (token: string): Reply => {
    // Assumed: the same token again changes nothing.
    if (current?.token === token) return shown(current);
    // Assumed: 400 for an unknown, expired or used token.
    if (!tokens.isValid(token, now().getTime())) throw new Refused(400, 'The enrollment token is not valid.');
    // Assumed: another one while registered is a conflict.
    if (current) throw new Refused(409, 'This account is already registered with Vision One.');
    tokens.use(token);
    current = { token, registeredAt: now().getTime(), polls: 0, connected: false };
    return shown(current);
  };

  return {
    host: cloudOneHost('visionone-connect', tenant),
    refusal: cloudOneRefusal,
    routes: guarded(tenant, [
      {
        method: 'POST',
        path: '/api/connectors',
        handle: (call) => register(requiredString(jsonObject(call), 'enrollmentToken')),
      },
      {
        // Assumed: the status is read at the path that it is created at, in the same shape.
        method: 'GET',
        path: '/api/connectors',
        handle: () => {
          const registration = existing();
          registration.polls += 1;
          return shown(registration);
        },
      },
      {
        // Assumed: there is a way to disconnect, and it is this one.
        method: 'DELETE',
        path: '/api/connectors',
        handle: () => {
          existing();
          current = undefined;
          return noContent();
        },
      },
    ]),
    state: () =>
      current
        ? { status: statusOf(current), registeredAt: current.registeredAt, polls: current.polls }
        : null,
  };
}
