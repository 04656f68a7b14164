/** Objects that can never be forwarded as they are. */
import { gzipSync } from 'node:zlib';
import type { FaultCase } from '../case.ts';
import { badFile, largeFile, recordText, type TrailFile, trailFile } from '../files.ts';
import { s3Failure } from '../stand-ins/aws-answer.ts';
import type { World } from '../world.ts';
import { letterLacks } from './destination-answers.ts';

const GOOD = () => gzipSync(`{"Records":[${recordText('in-a-bad-file')}]}`);
const zipped = (text: string) => gzipSync(text);

const BAD: readonly (readonly [reason: string, name: string, what: string, body: () => Buffer])[] = [
  ['EmptyObject', 'empty', 'an empty object', () => Buffer.alloc(0)],
  ['EmptyObject', 'empty-gzip', 'a gzip file of nothing', () => zipped('')],
  ['NotGzip', 'not-gzip', 'a file that is not compressed', () => Buffer.from('{"Records":[]}')],
  ['TruncatedGzip', 'truncated-gzip', 'a gzip file without its end', () => GOOD().subarray(0, -9)],
  ['TruncatedGzip', 'truncated-header', 'five bytes of a gzip header', () => GOOD().subarray(0, 5)],
  [
    'CorruptGzip',
    'corrupt-gzip',
    'a gzip file with a wrong checksum',
    () => Buffer.concat([GOOD().subarray(0, -8), Buffer.alloc(8, 1)]),
  ],
  [
    'TrailingGarbage',
    'trailing-garbage',
    'a gzip file with something behind it',
    () => Buffer.concat([GOOD(), Buffer.from('garbage')]),
  ],
  ['NotJson', 'not-json', 'text that is not JSON', () => zipped('hello')],
  ['TruncatedJson', 'truncated-json', 'JSON without its end', () => zipped('{"Records":[{"eventID":"1"}')],
  ['NoRecords', 'no-records', 'a document without "Records"', () => zipped('{"records":[]}')],
  ['RecordsNotAnArray', 'records-not-an-array', '"Records" that is no array', () => zipped('{"Records":{}}')],
  ['RecordsTwice', 'records-twice', 'two "Records"', () => zipped('{"Records":[],"Records":[]}')],
  [
    'RecordNotAnObject',
    'record-not-an-object',
    'a record that is no object',
    () => zipped('{"Records":["x"]}'),
  ],
  [
    'RecordTooLarge',
    'record-too-large',
    'a record of 17 MB',
    () => zipped(`{"Records":[{"eventID":"huge","p":"${'x'.repeat(17_000_000)}"}]}`),
  ],
  [
    'DecompressionBomb',
    'bomb',
    'a file that inflates to 80 MB of blanks',
    () => zipped(`{"Records":[${' '.repeat(80_000_000)}]}`),
  ],
];

/** The bad file comes between good ones, which must not suffer. */
async function among(world: World, bad: TrailFile): Promise<void> {
  world.addMany(2);
  world.add(bad);
  world.addMany(2);
  await world.workOff();
}

const content: FaultCase[] = BAD.map(([reason, name, what, body]) => ({
  name: `poison/${name}`,
  injected: `${what}, among good files`,
  expected: `it is dead-lettered with ${reason} at once, and the rest arrives`,
  deadLetters: [reason],
  visible: ['ObjectsDeadLettered'],
  run: async (world) => {
    await among(world, badFile(body()));
    const { answered } = world.mapping.invocations;
    return answered === 1 ? [] : [`it took ${answered} invocations`];
  },
}));

export const poison: readonly FaultCase[] = [
  ...content,
  {
    name: 'poison/bad-end-of-a-large-file',
    injected: 'a file of several parts whose end is missing',
    expected: 'what could be read is delivered; the dead letter says how much',
    deadLetters: ['TruncatedGzip'],
    run: async (world) => {
      world.add(badFile(largeFile().body.subarray(0, -1000)));
      await world.workOff();
      return letterLacks(world, 'were delivered');
    },
  },
  {
    name: 'poison/vision-one',
    injected: 'a truncated file, with Vision One as the destination',
    expected: 'it is dead-lettered with TruncatedGzip, and the rest arrives',
    deadLetters: ['TruncatedGzip'],
    options: { destination: 'VisionOne' },
    run: (world) => among(world, badFile(GOOD().subarray(0, -9))),
  },
  {
    name: 'poison/deleted-before-it-was-read',
    injected: 'a file is deleted before its message is worked at',
    expected: 'it is dead-lettered with ObjectGone, and the rest arrives',
    deadLetters: ['ObjectGone'],
    run: async (world) => {
      const [gone] = world.addMany(3);
      world.aws.s3.delete(gone?.key ?? '');
      await world.workOff();
    },
  },
  {
    name: 'poison/overwritten-before-it-was-read',
    injected: 'in a bucket without versions, a file is overwritten before its message is worked at',
    expected: 'the former is dead-lettered with ObjectOverwritten; what replaced it arrives',
    deadLetters: ['ObjectOverwritten'],
    options: { isVersioned: false },
    run: async (world) => {
      const [former] = world.addMany(1);
      world.aws.queue.send(world.store(trailFile(), former?.key).messageBody);
      await world.workOff();
    },
  },
  ...(
    [
      ['overwritten-while-being-read', 'overwritten', 'ObjectOverwritten', false],
      ['deleted-while-being-read', 'deleted', 'ObjectGone', true],
    ] as const
  ).map<FaultCase>(([name, what, reason, isDeleted]) => ({
    name: `poison/${name}`,
    injected: `a large file is ${what} when it was read once, and must be read again for smaller parts`,
    expected: `it is dead-lettered with ${reason}, and everything else arrives`,
    deadLetters: [reason],
    options: { isVersioned: false },
    run: async (world) => {
      const [former] = world.add(largeFile());
      let isChanged = false;
      world.destination.reacts = ({ contentLength }) => {
        if (!isChanged && isDeleted) {
          world.aws.s3.delete(former?.key ?? '');
        } else if (!isChanged) {
          world.aws.queue.send(world.store(trailFile(), former?.key).messageBody);
        }
        isChanged = true;
        return contentLength > 300_000 ? { status: 413 } : 'take';
      };
      world.addMany(1);
      await world.workOff();
    },
  })),
  {
    name: 'poison/delete-marker',
    injected: 'S3 answers 405 for a version that is a delete marker',
    expected: 'it is dead-lettered with ObjectGone',
    deadLetters: ['ObjectGone'],
    run: async (world) => {
      world.addMany(1);
      world.aws.trouble('GetObject', () =>
        s3Failure(405, 'MethodNotAllowed', 'Not allowed on a delete marker.'),
      );
      await world.workOff();
    },
  },
  {
    name: 'poison/archived',
    injected: 'a file is in an archive storage class',
    expected: 'it is dead-lettered with ObjectArchived, which says what to do',
    deadLetters: ['ObjectArchived'],
    run: async (world) => {
      world.addMany(1);
      world.aws.trouble('GetObject', () => s3Failure(403, 'InvalidObjectState', 'Archived.'));
      await world.workOff();
      return letterLacks(world, 'Restore it');
    },
  },
  {
    name: 'poison/in-an-outage',
    injected: 'bad files and good ones, while the destination is away for half an hour',
    expected: 'the bad are dead-lettered for what they are, not for the outage; the good arrive',
    deadLetters: ['NotGzip', 'TruncatedJson'],
    run: async (world) => {
      world.destination.reacts = () => (world.clock.elapsedMs < 30 * 60_000 ? { status: 503 } : 'take');
      world.addMany(6);
      world.add(badFile(Buffer.from('plain')), badFile(zipped('{"Records":[')));
      await world.workOff();
    },
  },
];
