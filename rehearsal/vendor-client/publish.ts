/** Publishes the stand-in for the vendor's client where the simulated vendors' link says. */
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import type { Clients } from '../clients.ts';
import { CLIENT_TEMPLATE_KEY, clientBucketOf } from '../vendors/cloudtrail.ts';
import { CLIENT_TEMPLATE, CODE_KEYS } from './template.ts';
import { zipOf } from './zip.ts';

export async function publishVendorClient({ s3 }: Clients, region: string): Promise<void> {
  const Bucket = clientBucketOf(region);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = (Key: string, Body: Buffer | string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  await put(CLIENT_TEMPLATE_KEY, JSON.stringify(CLIENT_TEMPLATE));
  for (const [module, key] of Object.entries(CODE_KEYS)) {
    await put(key, zipOf('index.js', await bundled(module)));
  }
}

async function bundled(module: string): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`${module}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  return Buffer.from(outputFiles[0]?.contents ?? []);
}
