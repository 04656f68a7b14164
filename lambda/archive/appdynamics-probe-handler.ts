/** Lambda handler of the custom resource that proves an AppDynamics controller. It wires; its siblings decide. */
import { customResourceHandler } from '../shared/custom-resource.ts';
import { freshSecretReader } from '../shared/fresh-secrets.ts';
import { appDynamicsLook } from './probe/appdynamics.ts';
import { sourceProbe } from './probe/source-probe.ts';

export const handler = customResourceHandler(() => sourceProbe(appDynamicsLook, freshSecretReader()));
