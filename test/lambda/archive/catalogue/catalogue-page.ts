import { type AuditSource, SOURCE_NAMES } from '../../../../contract/archive.ts';
import { OCSF_CLASSES } from '../../../../contract/ocsf.ts';
import { CATALOGUE, type CatalogueEntry } from '../../../../lambda/archive/catalogue/catalogue.ts';
import { ACTIVITIES } from '../../../../lambda/archive/ocsf/captions.ts';

/** docs/audit-catalogue.md, as the catalogue has it. */
export function cataloguePage(): string {
  const sources = Object.entries(CATALOGUE) as [AuditSource, readonly CatalogueEntry[]][];
  return `# Audit catalogue

Every kind of event that the audit archive knows: what it means, what it becomes in OCSF 1.8.0, and why an analyst should look at it
first. Events that are not listed are archived, too: they become API Activity, Other, and are counted.

Made of \`lambda/archive/catalogue/\` by \`npx vitest run test/lambda/archive/catalogue -u\`.
${sources.map(([source, entries]) => section(SOURCE_NAMES[source], entries)).join('')}`;
}

function section(title: string, entries: readonly CatalogueEntry[]): string {
  return `
## ${title}

| event | description | class | activity | look at first |
| ----- | ----------- | ----- | -------- | ------------- |
${entries.map(row).join('')}`;
}

function row({
  event,
  description,
  className,
  activityId,
  activityName,
  attention = '',
}: CatalogueEntry): string {
  const { caption, uid } = OCSF_CLASSES[className];
  const activity = ACTIVITIES[className][activityId] ?? `Other (${activityName ?? event})`;
  return `| \`${event}\` | ${description} | ${caption} (${uid}) | ${activity} | ${attention} |\n`;
}
