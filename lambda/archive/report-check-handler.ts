/** Lambda handler of the custom resource that looks at the reports' definitions. It wires; its sibling decides. */
import { customResourceHandler } from '../shared/custom-resource.ts';
import { reportCheck } from './reports/report-check.ts';

export const handler = customResourceHandler(reportCheck);
