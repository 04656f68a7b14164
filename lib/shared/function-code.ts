import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AssetCode, Code, type InlineCode } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { BUNDLING } from './bundling.ts';

const LAMBDA_FOLDER = fileURLToPath(new URL('../../lambda/', import.meta.url));

/** Files that a handler opens when it runs, as Node.js resolves them; they lie beside the bundle under their own names. */
const FILES_BESIDE: Readonly<Record<string, readonly string[]>> = {
  'archive/report-handler.ts': [
    '@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf',
    '@expo-google-fonts/noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf',
  ],
};

const folders = new Map<string, string>();

const outputFolder = mkdtempSync(join(tmpdir(), 'trailbridge-functions-'));
process.once('exit', () => rmSync(outputFolder, { recursive: true, force: true }));

/**
 * Bundles one handler with what it imports and the files that it opens, and nothing else.
 *
 * esbuild runs in this process: CDK's `NodejsFunction` starts npx for each function, which takes ten times
 * as long and prints a page of output.
 *
 * @param handler the handler's file below `lambda/`. The bundle is `index.js` and exports `handler`.
 */
export function bundledCode(handler: string): AssetCode {
  const folder = folders.get(handler) ?? bundle(handler);
  folders.set(handler, folder);
  // An asset belongs to one stack.
  return Code.fromAsset(folder);
}

function bundle(handler: string): string {
  const folder = join(outputFolder, handler.replace(/\.ts$/, ''));
  buildSync({
    ...BUNDLING,
    entryPoints: [join(LAMBDA_FOLDER, handler)],
    outfile: join(folder, 'index.js'),
  });
  const { resolve } = createRequire(import.meta.url);
  for (const file of FILES_BESIDE[handler] ?? []) {
    copyFileSync(resolve(file), join(folder, basename(file)));
  }
  return folder;
}

/**
 * Bundles one handler into the template itself. The AWS SDK is not part of it: Lambda's runtime has it (AWS
 * Lambda Developer Guide, "Building Lambda functions with Node.js").
 *
 * @param handler as for `bundledCode`.
 */
export function inlineCode(handler: string): InlineCode {
  const { outputFiles } = buildSync({
    ...BUNDLING,
    entryPoints: [join(LAMBDA_FOLDER, handler)],
    external: ['@aws-sdk/*'],
    write: false,
  });
  return Code.fromInline(outputFiles[0]?.text ?? '');
}
