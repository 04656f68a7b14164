import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  App,
  type DockerImageAssetLocation,
  type FileAssetLocation,
  type FileAssetSource,
  Fn,
  type ISynthesisSession,
  StackSynthesizer,
} from 'aws-cdk-lib';
import { archiveName } from '../../contract/publishing.ts';
import { type ArchivedFile, storedZip } from './stored-zip.ts';

/** Logical id of the custom resource that copies the code. Pinned: functions refer to it. */
export const FUNCTION_CODE_ID = 'FunctionCode';

/** The stack uses what a published template cannot carry. */
export class UnpublishableAssetError extends Error {
  override readonly name = 'UnpublishableAssetError';
}

/**
 * Synthesizes a stack into a template that can be launched from any bucket: no bootstrap stack, no assets
 * bucket. Functions take their code from the stack's own staging bucket, by the name that the custom resource
 * `FunctionCode` answers with; so each of them waits for it.
 */
export class PublishedSynthesizer extends StackSynthesizer {
  readonly #archives = new Map<string, Buffer>();

  /** The bytes of each code archive, by their SHA-256 in hexadecimal. */
  get archives(): ReadonlyMap<string, Buffer> {
    return this.#archives;
  }

  override addFileAsset(asset: FileAssetSource): FileAssetLocation {
    if (asset.fileName === undefined || asset.packaging !== 'zip') {
      throw new UnpublishableAssetError(
        `${this.boundStack.stackName} has a file asset (${asset.displayName ?? asset.sourceHash}) that is no function's ` +
          'code. Published templates carry function code only.',
      );
    }
    const archive = storedZip(filesIn(resolve(App.of(this.boundStack)?.outdir ?? '', asset.fileName)));
    const sha256 = createHash('sha256').update(archive).digest('hex');
    this.#archives.set(sha256, archive);
    const bucketName = Fn.getAtt(FUNCTION_CODE_ID, 'Bucket').toString();
    const objectKey = archiveName(sha256);
    const s3ObjectUrl = `s3://${bucketName}/${objectKey}`;
    const httpUrl = `https://${bucketName}.s3.${this.boundStack.urlSuffix}/${objectKey}`;
    return { bucketName, objectKey, s3ObjectUrl, httpUrl };
  }

  /** @throws UnpublishableAssetError */
  override addDockerImageAsset(): DockerImageAssetLocation {
    throw new UnpublishableAssetError(
      `${this.boundStack.stackName} has a container image, which a published template cannot carry.`,
    );
  }

  override synthesize(session: ISynthesisSession): void {
    this.synthesizeTemplate(session);
    this.emitArtifact(session);
  }
}

function filesIn(folder: string): ArchivedFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => ({ name: name.replaceAll('\\', '/'), bytes: readFileSync(join(folder, name)) }));
}
