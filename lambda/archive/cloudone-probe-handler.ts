/** Lambda handler of the custom resource that proves Cloud One's audit log. It wires; its siblings decide. */
import { customResourceHandler } from '../shared/custom-resource.ts';
import { freshSecretReader } from '../shared/fresh-secrets.ts';
import { cloudOneLook } from './probe/cloudone.ts';
import { sourceProbe } from './probe/source-probe.ts';

export const handler = customResourceHandler(() => sourceProbe(cloudOneLook, freshSecretReader()));
