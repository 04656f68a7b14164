import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { UserError } from '../../cli/errors.ts';
import { askHidden } from '../../cli/prompt.ts';

/** A terminal whose user types that. */
function terminalWith(typed: string) {
  const input = new PassThrough();
  const output = new PassThrough();
  input.write(typed);
  const shown = () => String(output.read() ?? '');
  return { terminal: { input, output }, shown };
}

test('what is typed is returned, and nothing of it is shown', async () => {
  const { terminal, shown } = terminalWith('id:secret\n');

  await expect(askHidden('API key: ', terminal)).resolves.toBe('id:secret');
  expect(shown()).toBe('API key: \n');
});

test('what is typed may be corrected', async () => {
  const { terminal } = terminalWith('id:secrte\u007f\u007fet\n');

  await expect(askHidden('API key: ', terminal)).resolves.toBe('id:secret');
});

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-C in the middle', 'id:sec\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s gives up', async (_what, typed) => {
  const { terminal, shown } = terminalWith(typed);

  await expect(askHidden('API key: ', terminal)).rejects.toThrow(UserError);
  expect(shown()).toBe('API key: \n');
});

test('so does a terminal that goes away', async () => {
  const { terminal } = terminalWith('');
  terminal.input.end();

  await expect(askHidden('API key: ', terminal)).rejects.toThrow('Nothing was entered');
});
