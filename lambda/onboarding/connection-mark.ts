import { UNMARKED } from '../../contract/mark.ts';
import type { CloudOneRegion } from '../../contract/regions.ts';
import type { DurableMark } from '../shared/durable-mark.ts';

/**
 * How far this stack got with connecting an account: not at all, as far as asking for it (there was none
 * before, and nobody knows whether there is one now), or to a connection of its own.
 */
export type ConnectionProgress = 'none' | 'begun' | 'made';

/** The mark on a Vision One connection: that it is this stack's own, which the vendor does not tell. */
export interface ConnectionMark {
  /** How far it is with the account in that region. */
  read(region: CloudOneRegion, signal: AbortSignal): Promise<ConnectionProgress>;
  /** To be called when there is no connection, before one is asked for. */
  begin(region: CloudOneRegion, signal: AbortSignal): Promise<void>;
  finish(region: CloudOneRegion, signal: AbortSignal): Promise<void>;
  clear(signal: AbortSignal): Promise<void>;
}

export function connectionMark(mark: DurableMark): ConnectionMark {
  return {
    read: async (region, signal) => {
      const [progress, markedRegion] = (await mark.read(signal)).split(':');
      const isOfRegion = markedRegion === region;
      return isOfRegion && (progress === 'begun' || progress === 'made') ? progress : 'none';
    },
    begin: (region, signal) => mark.write(`begun:${region}`, signal),
    finish: (region, signal) => mark.write(`made:${region}`, signal),
    clear: (signal) => mark.write(UNMARKED, signal),
  };
}
