import { ARCHIVE_STACK } from '../audit/archive-location.ts';
import { addAuditExport } from '../audit/export.ts';
import { addAuditList } from '../audit/list.ts';
import { addAuditQuery } from '../audit/query.ts';
import { addAuditReport } from '../audit/report.ts';
import { addAuditShow } from '../audit/show.ts';
import { addAuditStatus } from '../audit/status.ts';
import type { CommandContext } from '../command-context.ts';

export function addAuditCommands(context: CommandContext): void {
  const audit = context.program
    .command('audit')
    .description('Looks into the audit archive: Trend Cloud One, Splunk AppDynamics, IBM Cloud')
    .addHelpText(
      'after',
      `
All take --stack (${ARCHIVE_STACK} here), --profile, --region and --json. All but status look into a folder or
another bucket with --archive.

Examples:
  $ npx trailbridge audit status
  $ npx trailbridge audit list --attention --from 2026-03-01
  $ npx trailbridge audit query --saved sign-ins
  $ npx trailbridge audit report --previous month --output access.pdf`,
    );
  addAuditStatus(audit, context);
  addAuditList(audit, context);
  addAuditShow(audit, context);
  addAuditExport(audit, context);
  addAuditQuery(audit, context);
  addAuditReport(audit, context);
}
