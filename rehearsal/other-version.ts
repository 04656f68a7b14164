/**
 * Another version of the product, as a user gets who updates: the synthesized templates and assets, changed as a new
 * release would change them. What was deployed first stays as it is.
 */
import { createHash } from 'node:crypto';
import { appendFile, cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const TEMPLATE = 'CloudOne.template.json';
/** What names an asset, by the hash of its content. */
const NAMING = ['CloudOne.assets.json', 'manifest.json'];

/** The synthesized output is not as the CDK's was when this was written. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}

/** Copies an assembly with every function's code changed, by a line that says nothing. */
export async function withNewCode(assembly: string, to: string): Promise<string> {
  await copy(assembly, to);
  const folders = (await readdir(to)).filter((name) => name.startsWith('asset.'));
  if (folders.length === 0) {
    throw new AssemblyError(`${assembly} holds no function's code.`);
  }
  for (const folder of folders) {
    await appendFile(join(to, folder, 'index.js'), '\n// The next version.\n');
    const former = folder.slice('asset.'.length);
    const hash = sha256(await readFile(join(to, folder, 'index.js'), 'utf8'));
    await rename(join(to, folder), join(to, `asset.${hash}`));
    await replaceIn(to, [TEMPLATE, ...NAMING], former, hash);
  }
  await renameTemplate(to);
  return to;
}

/** Copies an assembly with other logical ids, as constructs have that were renamed or moved. */
export async function withRenamed(
  assembly: string,
  to: string,
  isRenamed: (logicalId: string) => boolean,
): Promise<string> {
  await copy(assembly, to);
  const { Resources } = JSON.parse(await readFile(join(to, TEMPLATE), 'utf8')) as { Resources: object };
  const renamed = Object.keys(Resources).filter(isRenamed);
  if (renamed.length === 0) {
    throw new AssemblyError(`${TEMPLATE} has none of the resources that were to be renamed.`);
  }
  for (const logicalId of renamed) {
    await replaceIn(to, [TEMPLATE], `"${logicalId}"`, `"Renamed${logicalId}"`);
  }
  await renameTemplate(to);
  return to;
}

async function copy(assembly: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(assembly, to, { recursive: true });
}

/** The template is published under its hash: under its former one, the former would be deployed. */
async function renameTemplate(assembly: string): Promise<void> {
  const assets = JSON.parse(await readFile(join(assembly, 'CloudOne.assets.json'), 'utf8')) as {
    readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
  };
  const [former] = Object.entries(assets.files).find(([, { source }]) => source.path === TEMPLATE) ?? [];
  if (former === undefined) {
    throw new AssemblyError(`CloudOne.assets.json does not name ${TEMPLATE}.`);
  }
  const hash = sha256(await readFile(join(assembly, TEMPLATE), 'utf8'));
  await replaceIn(assembly, NAMING, former, hash);
}

async function replaceIn(
  assembly: string,
  files: readonly string[],
  former: string,
  now: string,
): Promise<void> {
  for (const file of files) {
    const path = join(assembly, file);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(former, now));
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
