import type { Clients } from '../../rehearsal/clients.ts';

/** Clients of which only the given ones may be used: any other fails the test. */
export function clientsTo(given: Partial<Clients>): Clients {
  return new Proxy(given as Clients, {
    get: (clients, name) => {
      if (!(name in clients)) {
        throw new Error(`Not expected: the client ${String(name)}`);
      }
      return Reflect.get(clients, name);
    },
  });
}
