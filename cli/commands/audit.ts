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
    .description('Looks into the audit archive: Trend Cloud One, Splunk AppDynamics, IBM Cloud');
  addAuditStatus(audit, context);
  addAuditList(audit, context);
  addAuditShow(audit, context);
  addAuditExport(audit, context);
  addAuditQuery(audit, context);
  addAuditReport(audit, context);
}
