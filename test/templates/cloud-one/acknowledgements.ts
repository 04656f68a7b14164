import { expect, test } from 'vitest';
import type { Synthesis } from '../synthesis.ts';

/** Of the CDK's own template check, which says it of the stack as a whole. */
const ACKNOWLEDGED_AT_THE_STACK = ['CloudFormation-Validate::W1001', 'CloudFormation-Validate::W2509'];

export function acknowledgementTests({ status, findings, acknowledgements }: Synthesis): void {
  test('nothing is found that is not acknowledged', () => {
    expect(findings).toEqual([]);
    expect(status).toBe(0);
  });

  test('each acknowledgement stands at one construct and has a reason that can be read', () => {
    const ofTheStack = acknowledgements.filter(({ construct }) => construct === '/CloudOne');

    expect(ofTheStack.map(({ rule }) => rule)).toEqual(ACKNOWLEDGED_AT_THE_STACK);
    expect(acknowledgements.length).toBeGreaterThan(30);
    for (const { reason } of acknowledgements) {
      expect(reason).toMatch(/^[A-Z].{20,}\.$/s);
    }
  });

  test('what is acknowledged, rule by rule', () => {
    const rules = new Set(acknowledgements.map(({ rule }) => rule.replace(/^Annotation::|\[.*$/g, '')));

    expect([...rules].toSorted()).toEqual([
      'AwsSolutions-IAM5',
      'AwsSolutions-S1',
      'AwsSolutions-SMG4',
      'AwsSolutions-SQS3',
      'CloudFormation-Validate::W1001',
      'CloudFormation-Validate::W1030',
      'CloudFormation-Validate::W1032',
      'CloudFormation-Validate::W2509',
      'Serverless-EventBusDLQ',
      'Serverless-LambdaAsyncFailureDestination',
      'Serverless-LambdaDLQ',
      'Serverless-LambdaEventSourceMappingDestination',
      'Serverless-LambdaStarPermissions',
      'Serverless-LambdaTracing',
      'Serverless-SNSRedrivePolicy',
      'Serverless-SQSRedrivePolicy',
    ]);
  });
}
