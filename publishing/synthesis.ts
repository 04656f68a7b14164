/** Synthesizes stacks into templates that can be launched from a bucket. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import cdkJson from '../cdk.json' with { type: 'json' };
import { codeLocation, type PublishedTo } from '../lib/publishing/code-location.ts';
import { FunctionCode } from '../lib/publishing/function-code.ts';
import { PublishedSynthesizer } from '../lib/publishing/published-synthesizer.ts';
import { type PublishedStack, templateFile } from './stacks.ts';

/** What was synthesized must not be published; the message says why. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}

export interface Publication {
  /** Text of each template, by the name of its file. */
  readonly templates: ReadonlyMap<string, string>;
  /** The bytes of each code archive, by their SHA-256 in hexadecimal. */
  readonly archives: ReadonlyMap<string, Buffer>;
}

/** AWS CloudFormation User Guide, "CloudFormation quotas": a template in S3 has at most 1 MB. */
const MAXIMUM_TEMPLATE_BYTES = 1_000_000;

/** @throws PublishError where a check finds something, or a template is too long for CloudFormation. */
export function synthesize(stacks: readonly PublishedStack[], publishedTo: PublishedTo): Publication {
  const folder = mkdtempSync(join(tmpdir(), 'trailbridge-publishing-'));
  try {
    // Neither the CDK's own statistics nor where constructs stand in the source: a template is for its readers.
    const app = new App({
      outdir: folder,
      context: cdkJson.context,
      analyticsReporting: false,
      treeMetadata: false,
    });
    const synthesizers = stacks.map((published) => {
      const synthesizer = new PublishedSynthesizer();
      const stack = published.create(app, { synthesizer });
      const archives = [...synthesizer.archives.keys()].sort();
      if (archives.length > 0) {
        new FunctionCode(stack, { archives, location: codeLocation(stack, publishedTo) });
      }
      return synthesizer;
    });
    check(app);
    return {
      templates: new Map(stacks.map((stack) => [templateFile(stack), readTemplate(folder, stack)])),
      archives: new Map(synthesizers.flatMap(({ archives }) => [...archives])),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function check(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  try {
    app.synth();
  } catch (error) {
    const { name, message } = error as Error;
    // The user's to put right, and the message is all that they need of it.
    if (name === 'ValidationFailed') {
      throw new PublishError(
        `Checks found what must be mended, or acknowledged where it stands:\n${message}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

function readTemplate(folder: string, stack: PublishedStack): string {
  const text = readFileSync(join(folder, templateFile(stack)), 'utf8');
  const bytes = Buffer.byteLength(text);
  if (bytes > MAXIMUM_TEMPLATE_BYTES) {
    throw new PublishError(
      `The template ${templateFile(stack)} has ${bytes} bytes, and CloudFormation takes ${MAXIMUM_TEMPLATE_BYTES}. ` +
        'Split the stack.',
    );
  }
  return text;
}
