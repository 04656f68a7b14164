/** The synthesized template and the functions' code, published without the deployment that usually follows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Stage } from '../stage.ts';
import { assembly, runCdk, STACK } from './stack.ts';

const assets = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string() }).loose(),
      destinations: z.record(z.string(), z.object({ bucketName: z.string(), objectKey: z.string() }).loose()),
    }),
  ),
});

/**
 * Publishes the synthesized template and the functions' code, as `cdk deploy` does before it deploys.
 *
 * @returns the template's URL.
 * @throws CdkError
 */
export async function publishAssets(stage: Stage, stack = STACK): Promise<string> {
  await runCdk(stage, ['publish-assets', stack, '--app', assembly(stage), '--unstable=publish-assets']);
  const manifest = JSON.parse(await readFile(join(assembly(stage), `${stack}.assets.json`), 'utf8'));
  const files = Object.values(assets.parse(manifest).files);
  const template = files.find(({ source }) => source.path === `${stack}.template.json`);
  const [place] = Object.values(template?.destinations ?? {});
  const own: Readonly<Record<string, string>> = { AccountId: stage.aws.accountId, Region: stage.aws.region };
  const bucket = place?.bucketName.replace(/\$\{AWS::(\w+)\}/g, (_, name: string) => own[name] ?? '');
  return `${stage.aws.endpoint}/${bucket}/${place?.objectKey}`;
}
