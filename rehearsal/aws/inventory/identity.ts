import {
  ListOpenIDConnectProvidersCommand,
  paginateListPolicies,
  paginateListRoles,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import type { Lister } from './listers.ts';
import { collect } from './pages.ts';

export const roles: Lister = ({ iam: client }) =>
  collect('AWS::IAM::Role', paginateListRoles({ client }, {}), ({ Roles }) =>
    Roles?.filter(({ Path }) => !Path?.startsWith('/aws-service-role/')).map(({ Arn }) => Arn),
  );

export const users: Lister = ({ iam: client }) =>
  collect('AWS::IAM::User', paginateListUsers({ client }, {}), ({ Users }) => Users?.map(({ Arn }) => Arn));

export const policies: Lister = ({ iam: client }) =>
  collect('AWS::IAM::ManagedPolicy', paginateListPolicies({ client }, { Scope: 'Local' }), ({ Policies }) =>
    Policies?.map(({ Arn }) => Arn),
  );

export const oidcProviders: Lister = async ({ iam }) => {
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  return OpenIDConnectProviderList.map(({ Arn = '' }) => ({ type: 'AWS::IAM::OIDCProvider', id: Arn }));
};
