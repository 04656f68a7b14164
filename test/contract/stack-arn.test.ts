import { expect, test } from 'vitest';
import { readStackArn } from '../../contract/stack-arn.ts';

test('a stack’s ARN taken apart', () => {
  expect(
    readStackArn(
      'arn:aws-cn:cloudformation:cn-north-1:111122223333:stack/My-Stack/0a1b2c3d-0000-0000-0000-000000000000',
    ),
  ).toEqual({ partition: 'aws-cn', region: 'cn-north-1', accountId: '111122223333', stackName: 'My-Stack' });
});
