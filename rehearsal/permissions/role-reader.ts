import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  type IAMClientConfig,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import type { FunctionPolicies, NamedPolicy, PolicyDocument } from './policies.ts';

type RolePolicies = Pick<FunctionPolicies, 'identityPolicies' | 'permissionsBoundary'>;

/** Reads what IAM holds of a role: what is in it, what is attached to it, and what bounds it. */
export class RoleReader {
  readonly #client: IAMClient;

  constructor(config: IAMClientConfig) {
    this.#client = new IAMClient(config);
  }

  async read(roleName: string): Promise<RolePolicies> {
    const identityPolicies = [...(await this.#inline(roleName)), ...(await this.#attached(roleName))];
    const { Role } = await this.#client.send(new GetRoleCommand({ RoleName: roleName }));
    const boundary = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
    if (!boundary) return { identityPolicies };
    return { identityPolicies, permissionsBoundary: await this.#managed(boundary) };
  }

  destroy(): void {
    this.#client.destroy();
  }

  async #inline(roleName: string): Promise<NamedPolicy[]> {
    const policies: NamedPolicy[] = [];
    for await (const page of paginateListRolePolicies({ client: this.#client }, { RoleName: roleName })) {
      for (const name of page.PolicyNames ?? []) {
        const command = new GetRolePolicyCommand({ RoleName: roleName, PolicyName: name });
        policies.push({ name, document: parsed((await this.#client.send(command)).PolicyDocument) });
      }
    }
    return policies;
  }

  async #attached(roleName: string): Promise<NamedPolicy[]> {
    const policies: NamedPolicy[] = [];
    for await (const page of paginateListAttachedRolePolicies(
      { client: this.#client },
      { RoleName: roleName },
    )) {
      for (const { PolicyArn } of page.AttachedPolicies ?? []) {
        if (PolicyArn) policies.push(await this.#managed(PolicyArn));
      }
    }
    return policies;
  }

  async #managed(arn: string): Promise<NamedPolicy> {
    const { Policy } = await this.#client.send(new GetPolicyCommand({ PolicyArn: arn }));
    const { PolicyVersion } = await this.#client.send(
      new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }),
    );
    return { name: arn, document: parsed(PolicyVersion?.Document) };
  }
}

/** IAM answers with a URL-encoded document: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
function parsed(document: string | undefined): PolicyDocument {
  return JSON.parse(decodeURIComponent(document ?? '')) as PolicyDocument;
}
