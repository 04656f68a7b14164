/** Looks at deployment at the reports' definitions, with the code that the function reads them with. */
import type * as z from 'zod';
import { reportCheckProperties } from '../../../contract/archive-checks.ts';
import { assertSender, parseReports } from '../../../contract/report.ts';
import type { CreateRequest, CustomResourceDefinition, Outcome } from '../../shared/custom-resource.ts';

type Properties = z.infer<typeof reportCheckProperties>;

/** The custom resource. It makes nothing, so what it finds counts as adopted, and there is nothing to delete. */
export function reportCheck(): CustomResourceDefinition<Properties> {
  const check = async ({
    properties: { Reports, MailFrom },
  }: CreateRequest<Properties>): Promise<Outcome> => {
    assertSender(parseReports(Reports), MailFrom);
    return { registration: { origin: 'adopted', id: 'reports' } };
  };
  return {
    step: 'Reading AuditReports',
    properties: reportCheckProperties,
    create: check,
    update: check,
    delete: async () => {},
  };
}
