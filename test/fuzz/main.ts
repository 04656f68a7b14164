/** `npm run fuzz`: looks, for a bounded time, for a file that the forwarder's ways do not agree on. */
import { Command, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { pathsAgree } from './paths.ts';

const { seconds, seed } = new Command('npm run fuzz --')
  .description('Splits random files the fast way and the plain one, and compares both with JSON.parse.')
  .option('--seconds <n>', 'how long', wholeNumber, 30)
  .option(
    '--seed <n>',
    'what to begin with; told at the end, to run it again',
    wholeNumber,
    Date.now() % 2 ** 31,
  )
  .showHelpAfterError('(see npm run fuzz -- --help)')
  .parse()
  .opts<{ seconds: number; seed: number }>();

const result = await fc.check(pathsAgree, {
  seed,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: seconds * 1000,
  markInterruptAsFailure: false,
});
if (result.failed) {
  console.error(fc.defaultReportMessage(result));
  console.error(result.errorInstance);
  process.exitCode = 1;
} else {
  console.log(`${result.numRuns} files, and all ways agreed on each (seed ${seed}).`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError('Give a whole number.');
  }
  return Number(text);
}
