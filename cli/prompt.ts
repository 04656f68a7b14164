/** Asks for a secret in a terminal. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UserError } from './errors.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Shows a question and reads one line, of which nothing is shown. The question goes to standard error, so that
 * standard output holds results only.
 *
 * @throws UserError where the user gives up, with Ctrl-C or Ctrl-D.
 */
export async function askHidden(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  // The line editor shows what is typed on its output.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input, output: nowhere, terminal: true });
  const givenUp = new AbortController();
  editor.once('SIGINT', () => givenUp.abort()).once('close', () => givenUp.abort());
  output.write(question);
  try {
    return await editor.question('', { signal: givenUp.signal });
  } catch (error) {
    if (givenUp.signal.aborted) {
      throw new UserError('Nothing was entered, and nothing was done.', { cause: error });
    }
    throw error;
  } finally {
    editor.close();
    output.write('\n');
  }
}
