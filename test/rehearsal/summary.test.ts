import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { nothingFound, reportOf } from '../../rehearsal/findings.ts';
import { corpusOf } from '../../rehearsal/input/corpus.ts';
import type { RehearsalReport } from '../../rehearsal/report.ts';
import { scenarioNamed } from '../../rehearsal/scenarios/scenarios.ts';
import { summaryOf } from '../../rehearsal/summary.ts';
import { NOTHING_HELD, vendorResidue } from '../../rehearsal/vendor-holdings.ts';
import { goodReport, updateReport } from './report-page/reports.ts';

const summary = (changes: Partial<RehearsalReport> = {}) =>
  stripVTControlCharacters(summaryOf(goodReport(changes)));

describe('summary', () => {
  test('of a rehearsal that went well', () => {
    const text = summary();

    expect(text).toMatch(/^\nOK\n/);
    expect(text).toContain('21540 of 21540 events arrived, 0 missing, 0 duplicated');
    expect(text).toContain('2 files dead-lettered');
    expect(text).toContain('the CloudTrail token was renewed midway, and the former one revoked');
    expect(text).toContain('completeness: 238 files in 12 digests proven; a gap made on purpose was found');
    expect(text).toContain('nothing left, in AWS or at the vendors');
    expect(text).toContain('74.9 s in all; report: .rehearsal/report.html');
    expect(text).not.toContain('!');
    expect(text).not.toContain('filtered');
  });

  test('of one with a filter: what each rule dropped', () => {
    expect(summary({ filtered: { reads: 12, 'rule 3': 4 } })).toContain(
      '16 events filtered by rule: reads 12, rule 3 4',
    );
  });

  test('of one with the vendor’s client: no figure of ours that it does not have', () => {
    const options = { ...goodReport().options, destination: 'vendorclient' as const };

    const text = summary({ options, tokenRotation: null });

    expect(text).toContain("forwarded by the vendor's client");
    expect(text).not.toMatch(/dead-lettered|latency/);
  });

  test('of one that did not: the verdict, and every problem', () => {
    const text = summary({ ok: false, problems: ['One.', 'Two.'] });

    expect(text).toMatch(/^\nNOT OK\n/);
    expect(text).toContain('\n  ! One.\n  ! Two.');
  });

  test('counts the updates, and those that were rolled back', () => {
    expect(stripVTControlCharacters(summaryOf(updateReport()))).toContain(
      '2 updates while files flowed, 1 of them rolled back',
    );
    expect(summary()).not.toContain('updates');
  });

  test('counts what is left in both places', () => {
    const residue = { ...goodReport().residue, aws: ['a', 'b'], vendors: ['c'] };

    expect(summary({ residue })).toContain('3 things left behind');
  });

  test('tells how a deployment failed instead of what arrived', () => {
    const failure = {
      step: 'cloud-account',
      stackStatus: 'ROLLBACK_COMPLETE',
      message: 'Cloud One said no.',
      namesStepAndCause: true,
    };

    const text = summary({ failure, permissions: null, tokenRotation: null });

    expect(text).toContain('cloud-account failed; the stack was ROLLBACK_COMPLETE');
    expect(text).toContain('Cloud One said no.');
    expect(text).not.toContain('events arrived');
    expect(text).not.toContain('AWS calls');
    expect(text).not.toContain('renewed');
  });

  test('says so where nothing was to be forwarded, and does not claim that all arrived', () => {
    const delivered = { ...goodReport().delivered, events: 0 };

    const text = summary({ delivered });

    expect(text).toContain('nothing was forwarded');
    expect(text).not.toContain('events arrived');
  });

  test('tells what the functions’ roles would not have allowed', () => {
    const permissions = { calls: 812, functions: [], denied: ['s3:GetObject'] };

    expect(summary({ permissions })).toContain('812 AWS calls of 0 functions evaluated, 1 not permitted');
  });
});

describe('report', () => {
  const stage = { aws: { provider: { name: 'MiniStack', version: '1.5.33' } } } as Parameters<
    typeof reportOf
  >[1];
  const input: Parameters<typeof reportOf>[2] = {
    options: {
      destination: 'visionone',
      enrolment: 'token',
      existingBucket: true,
      scenario: 'round-trip',
      keep: false,
      outputFolder: '/out',
    },
    scenario: scenarioNamed('round-trip'),
    corpus: corpusOf('generated', []),
    startedAt: new Date('2026-11-20T07:41:12.345Z'),
  };
  const seconds = goodReport().seconds;

  test('is ok without a problem, and with one it is not', () => {
    const found = nothingFound();
    expect(reportOf(found, stage, input, seconds).ok).toBe(true);

    found.problems.push('One.');
    expect(reportOf(found, stage, input, seconds)).toMatchObject({ ok: false, problems: ['One.'] });
  });

  test('tells what was rehearsed, and on what', () => {
    expect(reportOf(nothingFound(), stage, input, seconds)).toMatchObject({
      startedAt: '2026-11-20T07:41:12.345Z',
      options: {
        input: 'generated',
        destination: 'visionone',
        existingBucket: true,
        scenario: 'round-trip',
        failAt: null,
      },
      environment: { localAws: 'MiniStack 1.5.33', node: process.version, cdk: '2.1148.1' },
      seconds,
    });
  });

  test('two rehearsals do not share what they find', () => {
    nothingFound().problems.push('One.');

    expect(nothingFound().problems).toEqual([]);
  });

  test('can be written as JSON and read again without a loss', () => {
    const report = reportOf(nothingFound(), stage, input, seconds);

    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('what is left at the vendors', () => {
  test('nothing, where all is as it was; issued tokens lapse', () => {
    expect(vendorResidue(NOTHING_HELD, { ...NOTHING_HELD, stackTokens: 3, forwardingStacks: 0 })).toEqual([]);
  });

  test('what was there before may stay', () => {
    const held = {
      ...NOTHING_HELD,
      visionOneConnection: 'connected',
      cloudAccounts: 1,
      workloadConnectors: 2,
    };

    expect(vendorResidue(held, held)).toEqual([]);
  });

  test('each thing that was not there before, or is gone', () => {
    const after = {
      visionOneConnection: 'connecting',
      visionOneConnectors: 1,
      workloadConnectors: 1,
      cloudAccounts: 2,
      stackTokens: 0,
      forwardingStacks: 0,
    };

    expect(vendorResidue({ ...NOTHING_HELD, cloudAccounts: 3 }, after)).toEqual([
      'Vision One connection: connecting, was null',
      'Product connectors in Vision One: 1, were 0',
      'Workload Security connectors: 1, were 0',
      'Cloud accounts: 2, were 3',
    ]);
  });
});
