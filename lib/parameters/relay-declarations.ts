import {
  BUCKET_NAME_PATTERN,
  OTHER_ACCOUNT_ID_PATTERN,
  OTHER_REGION_PATTERN,
  type RELAY_PARAMETERS,
} from '../../contract/parameters.ts';
import { DECLARATIONS } from './declarations.ts';
import type { DeclaredParameter } from './declared.ts';

/** A pattern that takes an empty value too, without that. */
const given = (pattern: string) => pattern.replace('^$|', '');

/** All in one group. */
export const RELAY_GROUPS = { relay: 'Relay' } as const;

/** The parameters of the `Relay` stack, in the order of the console's form. */
export const relayDeclarations: Readonly<
  Record<keyof typeof RELAY_PARAMETERS, DeclaredParameter<keyof typeof RELAY_GROUPS>>
> = {
  bucketName: {
    group: 'relay',
    label: "Trail's bucket",
    description: 'Bucket in this region that your trail writes to. EventBridge must be on in its properties.',
    allowedPattern: given(BUCKET_NAME_PATTERN),
    constraintDescription: DECLARATIONS.existingCloudtrailBucketName.constraintDescription,
  },
  trailbridgeRegion: {
    group: 'relay',
    label: 'Region of the CloudOne stack',
    description: 'AWS region of the stack that forwards the files.',
    allowedPattern: given(OTHER_REGION_PATTERN),
    constraintDescription: 'The code of an AWS region, such as us-east-1.',
  },
  trailbridgeAccountId: {
    group: 'relay',
    label: 'Account of the CloudOne stack',
    description: 'AWS account of the stack that forwards the files. Leave empty for this account.',
    default: '',
    allowedPattern: OTHER_ACCOUNT_ID_PATTERN,
    constraintDescription: 'A 12-digit AWS account id.',
  },
  alarmEmail: { ...DECLARATIONS.alarmEmail, group: 'relay' },
  permissionsBoundaryArn: {
    ...DECLARATIONS.permissionsBoundaryArn,
    group: 'relay',
    description: 'IAM policy that bounds every role of this stack, where roles must have one.',
  },
};
