import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { zipOf } from '../../../rehearsal/vendor-client/zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'trailbridge-zip-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['code', Buffer.from('exports.handler = async () => "日本語";\n')],
  ['nothing', Buffer.alloc(0)],
  ['every byte', Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))],
])('another reader of the format finds %s whole', (_what, content) => {
  const archive = join(folder, 'a.zip');
  writeFileSync(archive, zipOf('index.js', content));

  // Python is there for the local AWS; its reader checks headers and checksums.
  const { status, stderr } = spawnSync('python3', ['-m', 'zipfile', '-e', archive, folder], {
    encoding: 'utf8',
  });

  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(readFileSync(join(folder, 'index.js'))).toEqual(content);
});
