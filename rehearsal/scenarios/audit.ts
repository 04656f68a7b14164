import { deployArchive, destroyArchive } from '../acts/archive.ts';
import { askSavedQueries, askStatus, deriveAndQuery, listShowExport } from '../acts/archive-ask.ts';
import { collectEverything } from '../acts/archive-collect.ts';
import { makeReports } from '../acts/archive-report.ts';
import { ARCHIVE_STACK, archiveParametersOf, LOOK_INTO_ARCHIVE, MAIL_FROM } from '../audit/archive-stack.ts';
import { MailSender } from '../audit/mail-sender.ts';
import { VendorsEvents } from '../audit/vendors-events.ts';
import { findLeaks } from '../leaks.ts';
import { ARCHIVE_VENDOR_STEPS } from '../steps.ts';
import type { Scenario } from './scenario.ts';

/** Three vendors' audit logs are archived to the record, derived, asked and reported; the raw records outlive the stack. */
export const audit: Scenario = {
  name: 'audit',
  about: "archives three vendors' audit logs: collects, queries, reports, and keeps the records",
  stack: {
    name: ARCHIVE_STACK,
    parametersOf: archiveParametersOf,
    vendorSteps: ARCHIVE_VENDOR_STEPS,
    prepare: async (stage) => {
      const vendors = new VendorsEvents(stage);
      await vendors.open();
      return () => vendors.close();
    },
    lookWith: LOOK_INTO_ARCHIVE,
  },
  requires: { destination: 'cloudone', existingBucket: false },
  play: async (rehearsal) => {
    const vendors = new VendorsEvents(rehearsal.stage);
    const sender = new MailSender(rehearsal.stage.aws);
    await vendors.open();
    await sender.verify(MAIL_FROM);
    try {
      const outputs = await deployArchive(rehearsal);
      await collectEverything(rehearsal, vendors, outputs);
      await deriveAndQuery(rehearsal, outputs);
      await askSavedQueries(rehearsal);
      await listShowExport(rehearsal, vendors);
      await makeReports(rehearsal, outputs, sender);
      await askStatus(rehearsal);
      for (const where of new Set(await findLeaks(rehearsal.stage, ARCHIVE_STACK))) {
        rehearsal.found.problems.push(`A secret stands in ${where}.`);
      }
      if (rehearsal.options.keep) await rehearsal.intermission(outputs);
    } finally {
      await sender.close();
      await vendors.close();
    }
  },
  end: destroyArchive,
};
