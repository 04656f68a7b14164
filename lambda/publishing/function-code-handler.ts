import { S3Client } from '@aws-sdk/client-s3';
import { customResourceHandler } from '../shared/custom-resource.ts';
import { functionCode } from './function-code.ts';

export const handler = customResourceHandler(() =>
  functionCode({
    s3: new S3Client({}),
    s3In: (region) => new S3Client({ region }),
  }),
);
