/** Two processors, one for what is measured and one for what stands around it, where the system lets us. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Placement {
  /** Words before a command that pin it; empty where nothing can be pinned. */
  readonly measured: readonly string[];
  readonly surroundings: readonly string[];
  /** Told beside the figures. */
  readonly description: string;
}

export function placement(): Placement {
  const [first, second] = allowedProcessors();
  if (first === undefined || second === undefined) {
    return {
      measured: [],
      surroundings: [],
      description: 'not pinned (that takes Linux, taskset and two processors): work in threads overlaps',
    };
  }
  return {
    measured: ['taskset', '-c', String(first)],
    surroundings: ['taskset', '-c', String(second)],
    description: `forwarder on processor ${first}, stand-ins on processor ${second}`,
  };
}

/** As far as `taskset` and Linux's proc(5) tell. */
function allowedProcessors(): number[] {
  if (process.platform !== 'linux' || spawnSync('taskset', ['--version']).status !== 0) {
    return [];
  }
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
