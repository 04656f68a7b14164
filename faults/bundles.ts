/** The functions as they are deployed: bundled alike. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { ARCHIVE_HANDLERS } from '../bench/archive/environment.ts';
import { BUNDLING } from '../lib/shared/bundling.ts';
import type { ArchiveFunction } from './archive/world.ts';
import type { WorldOptions } from './world.ts';

const LAMBDA = fileURLToPath(new URL('../lambda/', import.meta.url));

/** A defect that is put into the code, so that the cases can be seen to find it. */
export interface Sabotage {
  /** Below `lambda/`. */
  readonly file: string;
  readonly replace: string;
  readonly by: string;
  /** In the same file, where two things guard against one fault. */
  readonly and?: Pick<Sabotage, 'replace' | 'by'>;
}

export interface Bundles {
  readonly paths: WorldOptions['bundles'] & Readonly<Record<ArchiveFunction, string>>;
  remove(): void;
}

export async function bundleFunctions(sabotage?: Sabotage): Promise<Bundles> {
  const folder = mkdtempSync(join(tmpdir(), 'trailbridge-faults-'));
  const plugins = sabotage === undefined ? [] : [sabotaged(sabotage)];
  const bundle = async (handler: string, name: string) => {
    const outfile = join(folder, `${name}.cjs`);
    await build({ ...BUNDLING, plugins, entryPoints: [join(LAMBDA, handler)], outfile });
    return outfile;
  };
  const [forwarder, tokenRotation, cloudone, appdynamics, ibmcloud, derivation] = await Promise.all([
    bundle('forwarding/forwarder-handler.ts', 'forwarder'),
    bundle('onboarding/token-rotation-handler.ts', 'token-rotation'),
    bundle(ARCHIVE_HANDLERS.cloudone, 'cloudone'),
    bundle(ARCHIVE_HANDLERS.appdynamics, 'appdynamics'),
    bundle(ARCHIVE_HANDLERS.ibmcloud, 'ibmcloud'),
    bundle(ARCHIVE_HANDLERS.derivation, 'derivation'),
  ]);
  return {
    paths: { forwarder, tokenRotation, cloudone, appdynamics, ibmcloud, derivation },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function sabotaged({ file, and, ...first }: Sabotage): Plugin {
  const path = join(LAMBDA, file);
  return {
    name: 'sabotage',
    setup: (builder) => {
      builder.onLoad({ filter: /\.ts$/ }, (args) => {
        if (args.path !== path) {
          return undefined;
        }
        let contents = readFileSync(path, 'utf8');
        for (const { replace, by } of and === undefined ? [first] : [first, and]) {
          if (!contents.includes(replace)) {
            throw new Error(`${file} has no such code any more: ${replace}`);
          }
          contents = contents.replace(replace, by);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}
