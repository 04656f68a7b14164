import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AssemblyError, withNewCode, withRenamed } from '../../rehearsal/other-version.ts';

let folder: string;
let assembly: string;

/** As the CDK writes it: assets and template named by hash, and named in three files. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'other-version-'));
  assembly = join(folder, 'first');
  await mkdir(join(assembly, 'asset.aaaa'), { recursive: true });
  await writeFile(join(assembly, 'asset.aaaa', 'index.js'), 'exports.handler = 1;');
  const template = {
    Resources: { Rule: { Code: 'aaaa.zip' }, RulePolicy: { Of: { Ref: 'Rule' } }, Queue: {} },
  };
  await writeFile(join(assembly, 'CloudOne.template.json'), JSON.stringify(template));
  const files = {
    aaaa: { source: { path: 'asset.aaaa' } },
    tttt: { source: { path: 'CloudOne.template.json' } },
  };
  await writeFile(join(assembly, 'CloudOne.assets.json'), JSON.stringify({ files }));
  await writeFile(join(assembly, 'manifest.json'), JSON.stringify({ url: 's3://assets/tttt.json' }));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (app: string, file: string) => readFile(join(app, file), 'utf8');

test('new code has another hash, under which template and assets name it', async () => {
  const app = await withNewCode(assembly, join(folder, 'second'));

  const [asset = ''] = (await readdir(app)).filter((name) => name.startsWith('asset.'));
  const hash = asset.slice('asset.'.length);
  expect(hash).not.toBe('aaaa');
  expect(await read(app, join(asset, 'index.js'))).toMatch(/^exports\.handler = 1;\n/);
  expect(await read(app, 'CloudOne.template.json')).toContain(`${hash}.zip`);
  expect(await read(app, 'CloudOne.assets.json')).toContain(`asset.${hash}`);
  for (const file of ['CloudOne.template.json', 'CloudOne.assets.json', 'manifest.json']) {
    expect(await read(app, file)).not.toMatch(/aaaa|tttt/);
  }
  expect(await read(assembly, 'CloudOne.template.json')).toContain('aaaa.zip');
});

test('a renamed resource is renamed wherever it is referred to, and nothing else is', async () => {
  const app = await withRenamed(assembly, join(folder, 'second'), (id) => id === 'Rule');

  expect(JSON.parse(await read(app, 'CloudOne.template.json')).Resources).toEqual({
    RenamedRule: { Code: 'aaaa.zip' },
    RulePolicy: { Of: { Ref: 'RenamedRule' } },
    Queue: {},
  });
  expect(await read(app, 'manifest.json')).not.toContain('tttt');
});

test('what would change nothing is refused: a rehearsal of it would prove nothing', async () => {
  await expect(withRenamed(assembly, join(folder, 'second'), () => false)).rejects.toThrow(AssemblyError);
  await rm(join(assembly, 'asset.aaaa'), { recursive: true });
  await expect(withNewCode(assembly, join(folder, 'second'))).rejects.toThrow(AssemblyError);
});
