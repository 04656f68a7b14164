/** Which stacks are published as templates. */
import type { App, Stack, StackProps } from 'aws-cdk-lib';
import { AuditArchiveStack } from '../lib/audit-archive-stack.ts';
import { CloudOneStack } from '../lib/cloud-one-stack.ts';
import { RelayStack } from '../lib/relay-stack.ts';

export interface PublishedStack {
  /** The template is `<name>.template.json`; also the stack's name that a launch suggests. */
  readonly name: string;
  create(app: App, props: Pick<StackProps, 'synthesizer'>): Stack;
}

/** The one that `launch.json` and `launch.html` launch. */
export const CLOUD_ONE: PublishedStack = {
  name: 'CloudOne',
  create: (app, props) => new CloudOneStack(app, 'CloudOne', props),
};

/** Launched where a bucket is that the other is not. */
export const RELAY: PublishedStack = {
  name: 'Relay',
  create: (app, props) => new RelayStack(app, 'Relay', props),
};

/** Launched wherever the archive is to be, with or without the first. */
export const AUDIT_ARCHIVE: PublishedStack = {
  name: 'AuditArchive',
  create: (app, props) => new AuditArchiveStack(app, 'AuditArchive', props),
};

/** A stack without functions gets no copier, and no parameters that say where its code is. */
export const PUBLISHED_STACKS: readonly PublishedStack[] = [CLOUD_ONE, AUDIT_ARCHIVE, RELAY];

export function templateFile({ name }: Pick<PublishedStack, 'name'>): string {
  return `${name}.template.json`;
}
