/** The audit log as other people's tools read it: the calls of the vendor's own script and of its curl command. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { simulated } from './caller.ts';

const run = promisify(execFile);
const FROM = Date.UTC(2026, 0, 1);

const isThere = (program: string) =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
const [hasPython, hasCurl] = await Promise.all([isThere('python3'), isThere('curl')]);

describe('read by', () => {
  const sim = simulated();
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audit-clients-'));
    sim.simulator.setAudit({
      cloudone: { generate: { seed: 'clients', count: 103, from: FROM, to: FROM + 86_400_000 } },
    });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const address = () => `${sim.simulator.url}/audit.us-1.cloudone.trendmicro.com/api/logs?limit=25`;
  const held = () => [...sim.simulator.auditRecords()].map(({ text }) => JSON.parse(text));

  test.skipIf(!hasPython)('a script in Python, everything is there, throttled as it may be', async () => {
    sim.simulator.setAudit({ cloudone: { rate: { calls: 3, perMs: 600 } } });
    const file = join(folder, 'AuditLogs.json');
    await run('python3', [
      'test/rehearsal/vendors/audit-client.py',
      address(),
      sim.simulator.tenant.cloudOneApiKey,
      file,
    ]);

    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(held().toReversed());
    expect(sim.simulator.state().audit.cloudone.tooMany).toBeGreaterThan(0);
  });

  test.skipIf(!hasCurl)('curl with two headers, a page and the next are there', async () => {
    const curl = async (url: string) => {
      const key = `Authorization: ApiKey ${sim.simulator.tenant.cloudOneApiKey}`;
      const { stdout } = await run('curl', ['-s', '-X', 'GET', '-H', 'Api-Version: v1', '-H', key, url]);
      return JSON.parse(stdout);
    };
    const first = await curl(address());
    const second = await curl(`${address()}&cursor=${first.next}`);

    expect([...first.logs, ...second.logs]).toEqual(held().toReversed().slice(0, 50));
  });
});
