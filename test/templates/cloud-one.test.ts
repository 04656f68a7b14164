import { describe } from 'vitest';
import { acknowledgementTests } from './cloud-one/acknowledgements.ts';
import { conditionTests } from './cloud-one/conditions.ts';
import { consoleTests } from './cloud-one/console.ts';
import { customResourceTests } from './cloud-one/custom-resources.ts';
import { functionTests } from './cloud-one/functions.ts';
import { logicalIdTests } from './cloud-one/logical-ids.ts';
import { observabilityTests } from './cloud-one/observability.ts';
import { orderTests } from './cloud-one/order.ts';
import { parameterTests } from './cloud-one/parameters.ts';
import { policyTests } from './cloud-one/policies.ts';
import { rotationTests } from './cloud-one/rotation.ts';
import { ruleTests } from './cloud-one/rules.ts';
import { secretTests } from './cloud-one/secrets.ts';
import { snapshotTests } from './cloud-one/snapshot.ts';
import { storageTests } from './cloud-one/storage.ts';
import { synthesizeCloudOne } from './synthesis.ts';

// Once for all: bundling the functions takes seconds.
const synthesis = await synthesizeCloudOne();
const { template } = synthesis;

describe('snapshot', () => snapshotTests(template));
describe('parameters', () => parameterTests(template));
describe('rules', () => ruleTests(template));
describe('in the CloudFormation console', () => consoleTests(template));
describe('conditions', () => conditionTests(template));
describe('logical ids', () => logicalIdTests(template));
describe('order', () => orderTests(template));
describe('functions', () => functionTests(template));
describe('custom resources', () => customResourceTests(template));
describe('policies', () => policyTests(template));
describe('secrets', () => secretTests(template));
describe('rotation', () => rotationTests(template));
describe('queues, buckets, keys', () => storageTests(template));
describe('logs and alarms', () => observabilityTests(template));
describe('findings of cdk-nag and their acknowledgements', () => acknowledgementTests(synthesis));
