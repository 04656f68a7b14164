/** Runs the CDK app as `cdk synth` does, and reads what it wrote. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import cdkJson from '../../cdk.json' with { type: 'json' };
import type { Template } from './template.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** What a rule of the validation found, and where. */
export interface Finding {
  readonly plugin: string;
  readonly rule: string;
  readonly severity: string;
  readonly construct: string;
}

/** What was acknowledged at a construct: the reason by the rule's id. */
export interface Acknowledgement {
  readonly construct: string;
  readonly rule: string;
  readonly reason: string;
}

export interface Synthesis {
  /** The app's exit status. */
  readonly status: number | null;
  readonly template: Template;
  readonly findings: readonly Finding[];
  readonly acknowledgements: readonly Acknowledgement[];
}

export interface AppRun {
  readonly status: number | null;
  readonly stderr: string;
}

/** What the tool adds to the context of `cdk.json`. */
const TOOL_CONTEXT = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

/**
 * Runs `bin/app.ts`. The CDK command line tool hands an app its context and its output folder in these
 * environment variables, and where to deploy in `CDK_DEFAULT_REGION`, if it knows.
 */
export async function runApp(options: {
  readonly outputFolder: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly deploymentRegion?: string;
}): Promise<AppRun> {
  const { CDK_DEFAULT_REGION, ...environment } = process.env;
  const app = spawn(process.execPath, [join(REPOSITORY, 'bin/app.ts')], {
    cwd: REPOSITORY,
    env: {
      ...environment,
      CDK_OUTDIR: options.outputFolder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJson.context, ...TOOL_CONTEXT, ...options.context }),
      ...(options.deploymentRegion === undefined ? {} : { CDK_DEFAULT_REGION: options.deploymentRegion }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    app.once('error', reject).once('close', resolve);
  });
  const stderr = await text(app.stderr);
  return { status: await ended, stderr };
}

/** Synthesizes the stack `CloudOne` without any context of its own. */
export async function synthesizeCloudOne(): Promise<Synthesis> {
  return inTemporaryFolder(async (outputFolder) => {
    const { status, stderr } = await runApp({ outputFolder });
    // A finding fails the app too, after it has written everything: the tests are to say which.
    if (!existsSync(join(outputFolder, 'validation-report.json'))) {
      throw new Error(`bin/app.ts ended with ${status}: ${stderr}`);
    }
    const read = async (file: string): Promise<unknown> =>
      JSON.parse(await readFile(join(outputFolder, file), 'utf8'));
    return {
      status,
      template: (await read('CloudOne.template.json')) as Template,
      findings: findingsOf((await read('validation-report.json')) as ValidationReport),
      acknowledgements: acknowledgementsOf((await read('CloudOne.metadata.json')) as ConstructMetadata),
    };
  });
}

/** Every template that the app writes, nested ones included, by its file's name without `.template.json`. */
export async function synthesizeAll(): Promise<[name: string, template: Template][]> {
  return inTemporaryFolder(async (outputFolder) => {
    const { status, stderr } = await runApp({ outputFolder });
    const files = await templateFilesIn(outputFolder);
    if (files.length === 0) {
      throw new Error(`bin/app.ts wrote no template and ended with ${status}: ${stderr}`);
    }
    return Promise.all(
      files.map(async (file): Promise<[string, Template]> => {
        const template = JSON.parse(await readFile(file, 'utf8')) as Template;
        return [basename(file, TEMPLATE_SUFFIX), template];
      }),
    );
  });
}

const TEMPLATE_SUFFIX = '.template.json';

export async function templateFilesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith(TEMPLATE_SUFFIX))
    .toSorted()
    .map((file) => join(folder, file));
}

export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'trailbridge-template-test-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface ValidationReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly severity: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

function findingsOf({ pluginReports }: ValidationReport): Finding[] {
  return pluginReports.flatMap(({ pluginName, violations }) =>
    violations.flatMap(({ ruleName, severity, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({
        plugin: pluginName,
        rule: ruleName,
        severity,
        construct: constructPath,
      })),
    ),
  );
}

type ConstructMetadata = Readonly<
  Record<string, readonly { readonly type: string; readonly data: unknown }[]>
>;

function acknowledgementsOf(metadata: ConstructMetadata): Acknowledgement[] {
  return Object.entries(metadata).flatMap(([construct, entries]) =>
    entries
      .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([rule, reason]) => ({ construct, rule, reason })),
  );
}
