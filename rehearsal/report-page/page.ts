/**
 * The page to look at after a rehearsal: one HTML file that needs neither network nor script.
 *
 * Each section is a file of its own; this one puts them in the order in which questions are asked: did it
 * work, if not why, how did it get there, what is left.
 */

import { html, type Markup, trusted } from '../../page/html.ts';
import type { RehearsalReport } from '../report.ts';
import { auditSection } from './audit.ts';
import { bucketNotificationSection } from './bucket-notification.ts';
import { connectionsSection } from './connections.ts';
import { environmentSection } from './environment.ts';
import { failureSection } from './failure.ts';
import { flowSection } from './flow.ts';
import { moment } from './format.ts';
import { latencySection } from './latency.ts';
import { isOfForwarding } from './outcome.ts';
import { permissionsSection } from './permissions.ts';
import { phasesSection } from './phases.ts';
import { residueSection } from './residue.ts';
import { STYLES } from './styles.ts';
import { updatesSection } from './updates.ts';
import { headlineOf, verdictSection } from './verdict.ts';

/**
 * The report as a whole HTML document. Every text of the report is escaped; should one ever slip through, the
 * document's own content security policy lets nothing run and nothing load.
 */
export function renderReportPage(report: RehearsalReport): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${headlineOf(report)} · ${moment(report.startedAt)}</title>
<style>${trusted(STYLES)}</style>
</head>
<body>
<main>
${verdictSection(report)}
${contents(report)}
${failureSection(report)}
${phasesSection(report)}
${updatesSection(report)}
${auditSection(report)}
${isOfForwarding(report) && [connectionsSection(report), flowSection(report), latencySection(report)]}
${residueSection(report)}
${bucketNotificationSection(report)}
${permissionsSection(report)}
${environmentSection(report)}
</main>
</body>
</html>
`;
  return page.text;
}

function contents(report: RehearsalReport): Markup {
  const links: readonly (readonly [string, string] | false)[] = [
    report.failure !== null && ['failure', 'Failure'],
    ['phases', 'Phases'],
    report.updates.length > 0 && ['updates', 'Updates'],
    report.audit.sources.length > 0 && ['audit', 'Audit archive'],
    ...(isOfForwarding(report)
      ? ([
          ['connections', 'Connections'],
          ['flow', 'Files and events'],
          ['latency', 'Latency'],
        ] as const)
      : []),
    ['residue', 'What is left'],
    report.bucketNotification !== null && ['bucket-notification', 'Bucket notifications'],
    ['permissions', 'Permissions'],
    ['environment', 'Environment'],
  ];
  return html`<nav aria-label="Sections"><ul>${links.map((link) => link !== false && html`<li><a href="#${link[0]}">${link[1]}</a></li>`)}</ul></nav>`;
}
