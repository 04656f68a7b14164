import { Fn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { reportCheckProperties } from '../../contract/archive-checks.ts';
import { TrailbridgeCustomResource } from '../shared/trailbridge-custom-resource.ts';
import type { SwitchedCollector } from './collectors.ts';

export interface ReportCheckProps {
  /** Definitions, as JSON. */
  readonly reports: string;
  readonly mailFrom: string;
  /** Those whose proofs come first. */
  readonly collectors: readonly SwitchedCollector[];
}

/**
 * Reads the reports' definitions at deployment, when every source that is switched on is proven.
 *
 * So it is the last of the proofs, and always there: whatever must not begin before all parameters are proven waits for
 * it. (A proof itself may be left out by a condition, and a plain dependency must not name what may not exist.)
 */
export function reportCheck(
  scope: Construct,
  id: string,
  props: ReportCheckProps,
): TrailbridgeCustomResource {
  const proofs = props.collectors.map(({ condition, probe }) =>
    Fn.conditionIf(condition.logicalId, probe.resource.ref, '').toString(),
  );
  return new TrailbridgeCustomResource(scope, id, {
    type: 'ReportCheck',
    handler: 'archive/report-check-handler.ts',
    description: "Reads the reports' definitions at deployment.",
    triggers: { After: Fn.join(' ', proofs) },
    propertiesSchema: reportCheckProperties,
    properties: { Reports: props.reports, MailFrom: props.mailFrom },
  });
}
