/** `urn:cloudone:identity:us-1:900000000001:user/0d8a…`: how Cloud One names users, API keys, invitations, roles and accounts. */
export interface CloudOneUrn {
  readonly region: string;
  readonly account: string;
  /** Such as `user` or `apikey`, in lower case. */
  readonly type: string;
  readonly id: string;
}

const FIELDS_BEFORE_RESOURCE = 5;

/**
 * Source: the vendor's own clients, which take region and account from fields 3 and 4, counting from 0.
 *
 * @returns `undefined` where it is no such URN.
 */
export function parseUrn(text: string): CloudOneUrn | undefined {
  const fields = text.split(':');
  const [scheme, product, , region = '', account = ''] = fields;
  const resource = fields.slice(FIELDS_BEFORE_RESOURCE).join(':');
  const slash = resource.indexOf('/');
  if (scheme !== 'urn' || product !== 'cloudone' || slash < 1 || slash === resource.length - 1) {
    return undefined;
  }
  return { region, account, type: resource.slice(0, slash).toLowerCase(), id: resource.slice(slash + 1) };
}
