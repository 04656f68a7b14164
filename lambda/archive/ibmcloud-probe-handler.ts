/** Lambda handler of the custom resource that proves IBM Cloud's bucket. It wires; its siblings decide. */
import { customResourceHandler } from '../shared/custom-resource.ts';
import { freshSecretReader } from '../shared/fresh-secrets.ts';
import { ibmCloudLook } from './probe/ibmcloud.ts';
import { sourceProbe } from './probe/source-probe.ts';

export const handler = customResourceHandler(() => sourceProbe(ibmCloudLook, freshSecretReader()));
