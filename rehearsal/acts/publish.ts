/** Publishing the templates, as whoever hosts them does: write them with the product's command, upload them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { publishTemplates } from '../cdk.ts';
import { clientsOf } from '../clients.ts';
import type { Stage } from '../stage.ts';

const BUCKET = 'published-templates';
/** Not the stack's: function code has to come from elsewhere. */
const BUCKET_REGION = 'eu-west-1';
const PREFIX = 'trailbridge/v1';

/** The same folder, spelled the other way. */
export const PREFIX_WITH_SLASH = `${PREFIX}/`;

/** @throws CdkError */
export async function publish({ aws, folder }: Stage): Promise<void> {
  const published = publishedFolder(folder);
  await publishTemplates(
    ['--out', published, '--bucket', BUCKET, '--prefix', PREFIX, '--bucket-region', BUCKET_REGION],
    { log: join(folder, 'publish-templates.log') },
  );
  const { s3 } = clientsOf({ ...aws, region: BUCKET_REGION });
  const CreateBucketConfiguration = { LocationConstraint: BUCKET_REGION } as const;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
  for (const entry of await readdir(published, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const file = join(entry.parentPath, entry.name);
      const Key = PREFIX + file.slice(published.length);
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: await readFile(file) }));
    }
  }
}

/** The template's file on this machine. */
export function publishedTemplate({ folder }: Pick<Stage, 'folder'>, name: string): string {
  return join(publishedFolder(folder), `${name}.template.json`);
}

function publishedFolder(folder: string): string {
  return join(folder, 'published');
}

/** Where the template is launched from. */
export function templateUrl({ aws }: Pick<Stage, 'aws'>, name: string): string {
  return `${aws.endpoint}/${BUCKET}/${PREFIX}/${name}.template.json`;
}
