import { UNMARKED } from '../../../contract/mark.ts';
import type { DurableMark } from '../../../lambda/shared/durable-mark.ts';

/** A mark that outlives every handler of a test. */
export class MemoryMark implements DurableMark {
  value = UNMARKED;

  async read(): Promise<string> {
    return this.value;
  }

  async write(value: string): Promise<void> {
    this.value = value;
  }
}
