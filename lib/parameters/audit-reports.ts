import { parseReports } from '../../contract/report.ts';

/**
 * Checks definitions of reports that are known at synthesis.
 *
 * @returns them without white space, as the parameter's default; empty where there are none.
 * @throws ReportDefinitionError
 */
export function readAuditReports(json = ''): string {
  return parseReports(json).length === 0 ? '' : JSON.stringify(JSON.parse(json));
}
