/** `npm run publish:templates`: writes what is uploaded for launching from the CloudFormation console. */
import { styleText } from 'node:util';
import type { PublishedTo } from '../lib/publishing/code-location.ts';
import { asFolder, launches, urlOf } from './launch-links.ts';
import { launchPage } from './launch-page.ts';
import { type PublishOptions, parseOptions } from './options.ts';
import { CLOUD_ONE, PUBLISHED_STACKS, templateFile } from './stacks.ts';
import { PublishError, synthesize } from './synthesis.ts';
import { assertOurs, LAUNCH_PAGE, OutputFolderError, write } from './write.ts';

const options = parseOptions(process.argv.slice(2));
try {
  await publish(options);
} catch (error) {
  if (!(error instanceof PublishError || error instanceof OutputFolderError)) {
    throw error;
  }
  // The user's to put right: the message says how, and a stack trace would hide it.
  console.error(styleText('red', error.message));
  process.exitCode = 1;
}

async function publish({ out, bucket, prefix, bucketRegion: region }: PublishOptions): Promise<void> {
  await assertOurs(out);
  const publishedTo: PublishedTo = { bucket, prefix, region };
  const publication = synthesize(PUBLISHED_STACKS, publishedTo);
  const list = launches(publishedTo);
  const page = launchPage({
    launches: list,
    template: JSON.parse(publication.templates.get(templateFile(CLOUD_ONE)) ?? '{}'),
    templateUrl: urlOf(publishedTo, templateFile(CLOUD_ONE)),
  });
  await write(out, publication, { list: `${JSON.stringify(list, undefined, 2)}\n`, page });

  console.log(
    [
      `${out} holds the templates (${[...publication.templates.keys()].join(', ')}), ${publication.archives.size} code ` +
        'archives, launch.json and launch.html.',
      '',
      'Next:',
      `  1. Upload it:        aws s3 sync ${shellWord(out)} ${shellWord(`s3://${bucket}/${asFolder(prefix)}`)} --region ${region}`,
      `  2. Let those who launch it read it: s3:GetObject on arn:aws:s3:::${bucket}/${asFolder(prefix)}*`,
      `  3. Open ${LAUNCH_PAGE} or send its address: ${urlOf(publishedTo, LAUNCH_PAGE)}`,
      '',
      'Launch in the AWS region that belongs to the Cloud One region:',
      ...list.map(({ cloudOneRegion, url }) => `  ${cloudOneRegion}  ${url}`),
    ].join('\n'),
  );
}

/** A word as a shell takes it, quoted where it must be. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
