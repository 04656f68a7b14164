import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { Progress } from '../../rehearsal/progress.ts';

/** A stream that keeps what is written to it. */
function stream(options: { readonly isTTY: boolean; readonly columns?: number }) {
  const writes: string[] = [];
  const out = { ...options, write: (text: string) => writes.push(text) > 0 };
  return { out: out as unknown as NodeJS.WriteStream, writes };
}

/** As it stands on the screen in the end: what a carriage return overwrites is gone. */
const shown = (writes: readonly string[]) =>
  writes
    .join('')
    .split('\n')
    .map((line) => stripVTControlCharacters(line.split('\r').at(-1) ?? ''));

const nothing = async () => undefined;

test('into a file: a line a phase, with its time, and nothing in between', async () => {
  const { out, writes } = stream({ isTTY: false });
  const progress = new Progress(out);

  await progress.phase('deploy', 'deploying', async () => progress.detail('deploy', '3 of 4'));

  expect(writes).toHaveLength(1);
  expect(shown(writes)).toEqual([expect.stringMatching(/^deploy {5}deploying \(\d+\.\d s\)$/), '']);
});

test('in a terminal: a line that is replaced while it lasts', async () => {
  const { out, writes } = stream({ isTTY: true, columns: 80 });
  const progress = new Progress(out);

  await progress.phase('forward', 'forwarding', async () => progress.detail('forward', '3 of 4 arrived …'));

  expect(writes.join('')).toContain('forwarding …');
  expect(writes.join('')).toContain('3 of 4 arrived …');
  expect(shown(writes)).toEqual([expect.stringMatching(/^forward {4}forwarding \(\d+\.\d s\)$/), '']);
});

test('a replaced line is cut to the terminal’s width, so that it stays one line', () => {
  const { out, writes } = stream({ isTTY: true, columns: 20 });

  new Progress(out).transient('x'.repeat(50));

  expect(writes).toEqual(['x'.repeat(19)]);
});

test('what came of a phase is told in its own words, and returned', async () => {
  const { out, writes } = stream({ isTTY: false });

  const result = await new Progress(out).phase(
    'setup',
    'setting up',
    async () => 7,
    (count) => `${count} things`,
  );

  expect(result).toBe(7);
  expect(shown(writes)[0]).toMatch(/^setup {6}7 things \(/);
});

test('a phase that fails says so, and fails', async () => {
  const { out, writes } = stream({ isTTY: true });
  const failure = new Error('no');

  const phase = new Progress(out).phase('destroy', 'destroying', () => Promise.reject(failure));

  await expect(phase).rejects.toThrow(failure);
  expect(shown(writes)[0]).toMatch(/^destroy {4}failed: destroying \(/);
});

test('the seconds of every phase, failed ones too; of those not reached, 0', async () => {
  const progress = new Progress(stream({ isTTY: false }).out);
  const beyond = (start: number) => performance.now() - start > 60;
  const busy = async () => {
    const start = performance.now();
    while (!beyond(start));
    throw new Error('no');
  };

  await progress.phase('setup', 'setting up', nothing);
  await progress.phase('deploy', 'deploying', busy).catch(() => undefined);

  const { deploy, total, ...others } = progress.seconds();
  expect(deploy).toBeGreaterThan(0);
  expect(total).toBeGreaterThanOrEqual(deploy);
  expect(Object.keys(others).sort()).toEqual([
    'archive',
    'bootstrap',
    'destroy',
    'forward',
    'setup',
    'update',
  ]);
  expect(others).toMatchObject({ bootstrap: 0, forward: 0, update: 0, destroy: 0 });
});

test('a phase that comes twice tells its own time, and counts both', async () => {
  const { out, writes } = stream({ isTTY: false });
  const progress = new Progress(out);
  const long = () => new Promise<void>((resolve) => setTimeout(resolve, 160));

  await progress.phase('deploy', 'deploying', long);
  await progress.phase('deploy', 'deploying again', nothing);

  const [first = 0, second = 0] = shown(writes).map((line) => Number(/\((.*) s\)$/.exec(line)?.[1]));
  expect(second).toBeLessThan(first);
  expect(progress.seconds().deploy).toBeGreaterThanOrEqual(first);
});
