import {
  BUCKET_NAME_PATTERN,
  OTHER_ACCOUNT_ID_PATTERN,
  OTHER_REGION_PATTERN,
  type RELAY_PARAMETERS,
} from '../../contract/parameters.ts';
import { DECLARATIONS, type ParameterDeclaration } from './declarations.ts';

/** A pattern that takes an empty value too, without that. */
const given = (pattern: string) => pattern.replace('^$|', '');

/** The parameters of the `Relay` stack, in the order of the console's form. */
export const relayDeclarations: Readonly<Record<keyof typeof RELAY_PARAMETERS, ParameterDeclaration>> = {
  bucketName: {
    group: 'trail',
    label: "Trail's bucket",
    description: 'Bucket in this region that your trail writes to. EventBridge must be on in its properties.',
    allowedPattern: given(BUCKET_NAME_PATTERN),
    constraintDescription: DECLARATIONS.existingCloudtrailBucketName.constraintDescription,
  },
  trailbridgeRegion: {
    group: 'trail',
    label: 'Region of the CloudOne stack',
    description: 'AWS region of the stack that forwards the files.',
    allowedPattern: given(OTHER_REGION_PATTERN),
    constraintDescription: 'The code of an AWS region, such as us-east-1.',
  },
  trailbridgeAccountId: {
    group: 'trail',
    label: 'Account of the CloudOne stack',
    description: 'AWS account of the stack that forwards the files. Leave empty for this account.',
    default: '',
    allowedPattern: OTHER_ACCOUNT_ID_PATTERN,
    constraintDescription: 'A 12-digit AWS account id.',
  },
  alarmEmail: DECLARATIONS.alarmEmail,
  permissionsBoundaryArn: {
    ...DECLARATIONS.permissionsBoundaryArn,
    description: 'IAM policy that bounds every role of this stack, where roles must have one.',
  },
};
