import type { Resource, Template } from './template.ts';

const ASSET = /\b[0-9a-f]{64}\b/g;

/** The template without what changes with the bundled code though no resource does. */
export function normalize(template: Template): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]) => [id, described(resource)]);
  const text = JSON.stringify({ ...template, Resources: Object.fromEntries(resources) });
  return JSON.parse(text.replaceAll(ASSET, '<asset hash>')) as Template;
}

/** Of the metadata only where the construct stands: the rest names the file of the bundled code. */
function described(resource: Resource): Resource {
  return { ...resource, Metadata: { 'aws:cdk:path': resource.Metadata?.['aws:cdk:path'] } };
}
