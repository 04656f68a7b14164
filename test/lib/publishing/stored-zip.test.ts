import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArchivedFile, storedZip } from '../../../lib/publishing/stored-zip.ts';

const files = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-zé][a-zé0-9/._-]{0,20}$/),
    bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  }),
  { selector: ({ name }) => name, maxLength: 6 },
);

/** Reads an archive as ZIP readers do: from its end, by its directory. */
function read(archive: Buffer): ArchivedFile[] {
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x06054b50);
  const found: ArchivedFile[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    expect(archive.readUInt32LE(at)).toBe(0x02014b50);
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const size = archive.readUInt32LE(at + 24);
    const local = archive.readUInt32LE(at + 42);
    expect(archive.readUInt32LE(local)).toBe(0x04034b50);
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const bytes = archive.subarray(begin, begin + size);
    expect(archive.readUInt32LE(at + 16)).toBe(crc32(bytes));
    // The local header repeats the directory's fields, from the version that is needed to the name's length.
    expect(archive.subarray(local + 4, local + 28)).toEqual(archive.subarray(at + 6, at + 30));
    found.push({ name, bytes: Buffer.from(bytes) });
    at += 46 + nameLength;
  }
  expect(at).toBe(end);
  return found;
}

const byName = (a: ArchivedFile, b: ArchivedFile) => (a.name < b.name ? -1 : 1);

test('what is written can be read', () => {
  fc.assert(
    fc.property(files, (given) => {
      expect(read(storedZip(given))).toEqual(given.toSorted(byName));
    }),
  );
});

test('the order in which files are given makes no difference', () => {
  fc.assert(
    fc.property(files, (given) => {
      expect(storedZip(given.toReversed())).toEqual(storedZip(given));
    }),
  );
});

test('another program reads it too, with permissions for everybody', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'trailbridge-zip-test-'));
  try {
    const file = join(folder, 'archive.zip');
    writeFileSync(file, storedZip([{ name: 'index.js', bytes: Buffer.from('exports.handler = 1;') }]));
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), ' +
      '[(i.filename, oct(i.external_attr >> 16), i.date_time[0]) for i in z.infolist()], z.read("index.js").decode())';
    const python = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
    if (python.error !== undefined) {
      context.skip('python3 is missing: install Python 3.10 or later');
    }
    expect(python.stdout.trim()).toBe("None [('index.js', '0o100644', 1980)] exports.handler = 1;");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
