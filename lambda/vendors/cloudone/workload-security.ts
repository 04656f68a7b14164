/**
 * Workload Security's AWS connectors.
 *
 * Source: Trend Cloud One Workload Security API reference, "AWS Connectors" and "AWS Connector Settings".
 */
import * as z from 'zod';
import type { CloudOneRegion } from '../../../contract/regions.ts';
import { cloudOneUrl } from '../endpoints.ts';
import { callVendor, callVendorOrAbsent } from '../vendor-call.ts';
import { type CloudOneAccess, cloudOneCall } from './call.ts';

const connectorAnswer = z.object({
  ID: z.int32(),
  displayName: z.string().optional(),
  accountId: z.string().optional(),
  crossAccountRoleArn: z.string().optional(),
});

export type AwsConnector = z.infer<typeof connectorAnswer>;

export interface AwsConnectorDraft {
  readonly displayName: string;
  readonly accountId: string;
  readonly crossAccountRoleArn: string;
}

/** More connectors than one account ever has. */
const MAXIMUM_CONNECTORS = 100;

const url = (region: CloudOneRegion, path: string) => cloudOneUrl('workload', region, `/api${path}`);

/** The external id that the cross-account role must demand; its form is that of AWS STS. */
export async function externalId(access: CloudOneAccess, region: CloudOneRegion): Promise<string> {
  const settings = await callVendor(
    cloudOneCall(access, {
      method: 'GET',
      url: url(region, '/awsconnectorsettings'),
      answer: z.object({
        externalId: z
          .string()
          .max(1224)
          .regex(/^[\w+=,.@:/-]{2,}$/, "no external id by AWS's rules"),
      }),
    }),
  );
  return settings.externalId;
}

/** All connectors of an AWS account. */
export async function findAwsConnectors(
  access: CloudOneAccess,
  region: CloudOneRegion,
  awsAccountId: string,
): Promise<readonly AwsConnector[]> {
  const { awsConnectors } = await callVendor(
    cloudOneCall(access, {
      method: 'POST',
      url: url(region, '/awsconnectors/search'),
      json: {
        maxItems: MAXIMUM_CONNECTORS,
        searchCriteria: [{ fieldName: 'accountId', stringValue: awsAccountId }],
      },
      idempotent: true,
      answer: z.object({ awsConnectors: z.array(connectorAnswer) }),
    }),
  );
  // The service's own idea of equality may be wider than ours.
  return awsConnectors.filter(({ accountId }) => accountId === awsAccountId);
}

/** Not idempotent: after a lost answer, search before creating again. */
export async function createAwsConnector(
  access: CloudOneAccess,
  region: CloudOneRegion,
  draft: AwsConnectorDraft,
): Promise<AwsConnector> {
  return callVendor(
    cloudOneCall(access, {
      method: 'POST',
      url: url(region, '/awsconnectors'),
      json: draft,
      answer: connectorAnswer,
    }),
  );
}

/** `undefined` where there is none of that id. */
export async function getAwsConnector(
  access: CloudOneAccess,
  region: CloudOneRegion,
  id: number,
): Promise<AwsConnector | undefined> {
  return callVendorOrAbsent(
    cloudOneCall(access, {
      method: 'GET',
      url: url(region, `/awsconnectors/${id}`),
      answer: connectorAnswer,
    }),
  );
}

/** Sets a connector's name and role; doing it twice is doing it once. */
export async function modifyAwsConnector(
  access: CloudOneAccess,
  region: CloudOneRegion,
  id: number,
  draft: AwsConnectorDraft,
): Promise<void> {
  await callVendor(
    cloudOneCall(access, {
      method: 'POST',
      url: url(region, `/awsconnectors/${id}`),
      json: draft,
      idempotent: true,
      answer: connectorAnswer,
    }),
  );
}

/** A connector that is gone already counts as deleted; documented are 200 and 403 only. */
export async function deleteAwsConnector(
  access: CloudOneAccess,
  region: CloudOneRegion,
  id: number,
): Promise<void> {
  await callVendorOrAbsent(
    cloudOneCall(access, {
      method: 'DELETE',
      url: url(region, `/awsconnectors/${id}`),
      answer: z.unknown(),
    }),
  );
}
