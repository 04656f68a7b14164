import { afterAll, describe, it } from 'vitest';
import { bucketTests } from './conformance/buckets.ts';
import { customResourceTests } from './conformance/custom-resources.ts';
import { startFixture } from './conformance/fixture.ts';
import { functionTests } from './conformance/functions.ts';
import { mailTests } from './conformance/mail.ts';
import { nestedStackTests } from './conformance/nested-stacks.ts';
import { objectTests } from './conformance/objects.ts';
import { observabilityTests } from './conformance/observability.ts';
import { permissionTests } from './conformance/permissions.ts';
import { queryTests } from './conformance/queries.ts';
import { residueTests } from './conformance/residue.ts';
import { rollBackTests } from './conformance/roll-back.ts';
import { rotationTests } from './conformance/rotation.ts';
import { stackLifecycleTests } from './conformance/stack-lifecycle.ts';
import { storageTests } from './conformance/storage.ts';
import { updateTests } from './conformance/updates.ts';

// What the product and its rehearsal count on in the local AWS. Run it when the emulator's version is raised: what fails
// needs a work-around in rehearsal/aws/extension/additions, and what passes without one needs it no longer.
const fixture = await startFixture();

if (fixture instanceof Error) {
  console.warn(`The local AWS was not tested. ${fixture.message}`);
  it.skip(`the local AWS: ${fixture.message}`);
} else {
  afterAll(() => fixture.close());
  describe('the local AWS', { timeout: 60_000 }, () => {
    stackLifecycleTests(fixture);
    rollBackTests(fixture);
    nestedStackTests(fixture);
    customResourceTests(fixture);
    updateTests(fixture);
    bucketTests(fixture);
    storageTests(fixture);
    queryTests(fixture);
    objectTests(fixture);
    functionTests(fixture);
    observabilityTests(fixture);
    permissionTests(fixture);
    mailTests(fixture);
    rotationTests(fixture);
    residueTests(fixture);
  });
}
