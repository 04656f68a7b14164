import type { ArchiveCase } from '../../archive/trial.ts';
import { atOnce } from './at-once.ts';
import { aws } from './aws.ts';
import { clocks } from './clocks.ts';
import { kills } from './kills.ts';
import { vendors } from './vendors.ts';

export const archive: readonly ArchiveCase[] = [...kills, ...vendors, ...aws, ...atOnce, ...clocks];
