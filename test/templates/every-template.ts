import { basename } from 'node:path';
import { PUBLISHED_STACKS } from '../../publishing/stacks.ts';
import { synthesize } from '../../publishing/synthesis.ts';
import { synthesizeAll } from './synthesis.ts';
import type { Resource, Template } from './template.ts';

const SUFFIX = '.template.json';
const PATH = 'aws:cdk:path';

/** What stands before the stack's name in that of a published template. */
export const PUBLISHED = 'published ';

/** Every template that there is, by its name: those that `cdk deploy` deploys, and those that are published. */
export async function everyTemplate(): Promise<[name: string, template: Template][]> {
  const deployed = await synthesizeAll();
  const publishedTo = { bucket: 'my-templates', prefix: 'trailbridge', region: 'eu-central-1' };
  const published = [...synthesize(PUBLISHED_STACKS, publishedTo).templates].map(
    ([file, text]): [string, Template] => {
      const name = basename(file, SUFFIX);
      const counterpart = deployed.find(([stack]) => stack === name)?.[1];
      return [`${PUBLISHED}${name}`, withPaths(JSON.parse(text) as Template, counterpart)];
    },
  );
  return [...deployed, ...published];
}

/** A published template does not say where its constructs stand: logical ids, which are the same, tell. */
function withPaths(template: Template, counterpart: Template | undefined): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]): [string, Resource] => {
    const path = counterpart?.Resources[id]?.Metadata?.[PATH] ?? `published/${id}`;
    return [id, { ...resource, Metadata: { ...resource.Metadata, [PATH]: path } }];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}
